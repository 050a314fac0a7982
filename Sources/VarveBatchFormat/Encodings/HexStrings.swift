internal import VarveEvents

/// Strings of one length that differ only where each of them has one of 0-9a-f: UUIDs, trace ids, `trace/span` pairs.
struct HexStrings {
    /// The most digits that one integer takes.
    static let leadMax = 15

    /// Per character: itself, or 0 where the digits stand.
    var template: [UInt8]

    /// Nil unless the strings have the form and at least eight digits, below which plain bytes serve as well.
    init?(_ table: StringTable) {
        let length = Int(table.bounds[1])
        guard length >= 8, length <= EventLimits.idBytes, table.count * length == table.bytes.count,
            !table.bytes.contains(0)
        else { return nil }
        for (index, bound) in table.bounds.enumerated() where Int(bound) != index * length { return nil }
        let first = Array(table.bytes[0..<length])
        let differs = Self.differences(table.bytes, first)
        let places = first.indices.filter { differs[$0] }
        guard places.count >= 8, Self.areDigits(table.bytes, places, length) else { return nil }
        template = first.indices.map { differs[$0] ? 0 : first[$0] }
    }

    /// Per character, whether any string has another one there than the first string.
    private static func differences(_ bytes: [UInt8], _ first: [UInt8]) -> [Bool] {
        var different = [UInt8](repeating: 0, count: first.count)
        bytes.withUnsafeBufferPointer { bytes in
            first.withUnsafeBufferPointer { first in
                different.withUnsafeMutableBufferPointer { different in
                    guard var string = bytes.baseAddress, let first = first.baseAddress, let target = different.baseAddress
                    else { return }
                    let length = different.count
                    for _ in 0..<bytes.count / length {
                        for place in 0..<length { target[place] |= string[place] ^ first[place] }
                        string += length
                    }
                }
            }
        }
        return different.map { $0 != 0 }
    }

    /// Whether all strings have hex digits at `places`.
    private static func areDigits(_ bytes: [UInt8], _ places: [Int], _ length: Int) -> Bool {
        digitTable.withUnsafeBufferPointer { digits in
            bytes.withUnsafeBufferPointer { bytes in
                places.withUnsafeBufferPointer { places in
                    var all: UInt8 = 0
                    for start in stride(from: 0, to: bytes.count, by: length) {
                        for place in places { all |= digits[Int(bytes[start &+ place])] }
                    }
                    return all < 16
                }
            }
        }
    }

    /// The value of each digit, 0xFF for what is none.
    private static let digitTable: [UInt8] = (0...255).map { digit(UInt8($0)) ?? 0xFF }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    func encode(_ table: StringTable, into writer: inout ByteWriter) {
        writer.count(template.count)
        writer.append(template)
        let places = template.indices.filter { template[$0] == 0 }
        let lead = min(places.count, 12)
        writer.u8(UInt8(lead))
        var numbers: [Int64] = []
        numbers.reserveCapacity(table.count)
        Self.digitTable.withUnsafeBufferPointer { digits in
            table.bytes.withUnsafeBufferPointer { bytes in
                places.withUnsafeBufferPointer { places in
                    for start in stride(from: 0, to: bytes.count, by: template.count) {
                        var number: Int64 = 0
                        for order in 0..<lead { number = number &<< 4 | Int64(digits[Int(bytes[start &+ places[order]])]) }
                        numbers.append(number)
                    }
                }
            }
        }
        numbers.withUnsafeBufferPointer { IntegerBlocks.encode($0, deltas: true, into: &writer) }
        let rest = places.count - lead
        writer.fill((table.count * rest + 1) / 2) { target in
            Self.fillNibbles(target, table.bytes, places[lead...], template.count)
        }
    }

    /// The digits at `places` of one string after the other, two in a byte, the first in the low half.
    private static func fillNibbles(
        _ target: UnsafeMutableRawBufferPointer, _ bytes: [UInt8], _ places: ArraySlice<Int>, _ length: Int
    ) {
        digitTable.withUnsafeBufferPointer { digits in
            bytes.withUnsafeBufferPointer { bytes in
                places.withUnsafeBufferPointer { places in
                    var nibble = 0
                    for start in stride(from: 0, to: bytes.count, by: length) {
                        for place in places {
                            target[nibble &>> 1] |= digits[Int(bytes[start &+ place])] &<< UInt8((nibble & 1) &* 4)
                            nibble &+= 1
                        }
                    }
                }
            }
        }
    }

    static func decode(_ reader: inout ByteReader, count: Int) throws(FormatError) -> StringTable {
        let length = try reader.count(atMost: EventLimits.idBytes, "characters of a template")
        let template = Array(try reader.take(length))
        let places = template.indices.filter { template[$0] == 0 }
        let lead = Int(try reader.u8())
        guard lead <= leadMax, lead <= places.count, length > 0 else {
            throw FormatError(.malformed, "a template of \(length) characters with \(lead) leading digits")
        }
        let (numbers, bits) = try IntegerBlocks.decodeArray(&reader, count: count, as: Int64.self)
        guard bits >> UInt64(4 * lead) == 0 else { throw FormatError(.malformed, "a number over \(lead) hex digits") }
        let rest = places.count - lead
        let nibbles = try reader.take((count * rest + 1) / 2)
        let digits = Array("0123456789abcdef".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * length)
        var nibble = 0
        for index in 0..<count {
            bytes += template
            let start = index * length
            for (order, place) in places[..<lead].enumerated() {
                bytes[start + place] = digits[Int(numbers[index] >> Int64(4 * (lead - 1 - order)) & 15)]
            }
            for place in places[lead...] {
                bytes[start + place] = digits[Int(nibbles[nibble >> 1] >> UInt8((nibble & 1) * 4) & 15)]
                nibble += 1
            }
        }
        let bounds = (0...count).map { UInt32(truncatingIfNeeded: $0 * length) }
        guard let table = StringTable(bounds: bounds, bytes: bytes) else {
            throw FormatError(.malformed, "a template that is not UTF-8")
        }
        return table
    }
}
