internal import VarveEvents

/// Strings of equal length that differ only at positions where all of them have one of 0-9a-f: UUIDs, trace ids, `trace/span`
/// pairs.
struct HexStrings {
    /// The most digits stored in one integer.
    static let leadMax = 15

    /// For each position its character, or 0 for a digit.
    var template: [UInt8]

    /// Nil unless the strings have this form and at least eight digits; with fewer, plain bytes are as good.
    init?(_ table: StringTable) {
        let length = Int(table.bounds[1])
        guard length >= 8, length <= EventLimits.idBytes, table.count * length == table.bytes.count,
            Self.areEven(table.bounds, length)
        else { return nil }
        let first = Array(table.bytes[0..<length])
        let differs = Self.differences(table.bytes, first)
        let places = first.indices.filter { differs[$0] }
        let digits = HexDigits.parts(places[...])
        guard places.count >= 8, first.indices.allSatisfy({ differs[$0] || first[$0] != 0 }),
            table.bytes.withUnsafeBytes({ HexDigits.areDigits($0, digits, length) })
        else { return nil }
        template = first.indices.map { differs[$0] ? 0 : first[$0] }
    }

    /// Whether every string has `length` bytes.
    private static func areEven(_ bounds: [UInt32], _ length: Int) -> Bool {
        bounds.withUnsafeBufferPointer { bounds in
            let length = UInt32(truncatingIfNeeded: length)
            var (expected, odd): (UInt32, UInt32) = (0, 0)
            for bound in bounds {
                odd |= bound ^ expected
                expected &+= length
            }
            return odd == 0
        }
    }

    /// For each position, whether any string differs there from the first one. Compares eight characters at a time; the last
    /// eight overlap the ones before.
    private static func differences(_ bytes: [UInt8], _ first: [UInt8]) -> [Bool] {
        let length = first.count
        var differs = [Bool](repeating: false, count: length)
        bytes.withUnsafeBytes { bytes in
            first.withUnsafeBytes { first in
                for start in stride(from: 0, to: length, by: 8) {
                    let place = min(start, length - 8)
                    let model = first.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                    var different: UInt64 = 0
                    var at = place
                    while at < bytes.count {
                        different |= bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self) ^ model
                        at &+= length
                    }
                    for order in 0..<8 where UInt64(littleEndian: different) >> UInt64(8 * order) & 0xFF != 0 {
                        differs[place + order] = true
                    }
                }
            }
        }
        return differs
    }

    func encode(_ table: StringTable, into writer: inout ByteWriter) {
        writer.count(template.count)
        writer.append(template)
        let places = template.indices.filter { template[$0] == 0 }
        let lead = min(places.count, 12)
        writer.u8(UInt8(lead))
        let numbers = table.bytes.withUnsafeBytes { HexDigits.numbers($0, HexDigits.parts(places[..<lead]), template.count) }
        numbers.withUnsafeBufferPointer { IntegerBlocks.encode($0, deltas: true, into: &writer) }
        let rest = HexDigits.parts(places[lead...])
        writer.fill((table.count * (places.count - lead) + 1) / 2) { target in
            table.bytes.withUnsafeBytes { HexDigits.pack($0, rest, template.count, into: target) }
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
        let nibbles = try reader.take((count * (places.count - lead) + 1) / 2)
        let (first, rest) = (HexDigits.parts(places[..<lead]), HexDigits.parts(places[lead...]))
        // Strings are written eight bytes at a time, so the last one may write past its end.
        let bytes = [UInt8](unsafeUninitializedCapacity: count * length + 8) { buffer, filled in
            let target = UnsafeMutableRawBufferPointer(buffer)
            Self.fill(UnsafeMutableRawBufferPointer(rebasing: target[..<(count * length)]), with: template)
            HexDigits.write(numbers, first, nibbles, rest, template, into: target)
            filled = count * length
        }
        let bounds = (0...count).map { UInt32(truncatingIfNeeded: $0 * length) }
        guard let table = StringTable(bounds: bounds, bytes: bytes) else {
            throw FormatError(.malformed, "a template that is not UTF-8")
        }
        return table
    }

    /// Fills `target` with copies of `template`, doubling the filled part each time.
    private static func fill(_ target: UnsafeMutableRawBufferPointer, with template: [UInt8]) {
        guard !target.isEmpty else { return }
        target.copyBytes(from: template)
        var filled = template.count
        while filled < target.count {
            let more = min(filled, target.count - filled)
            UnsafeMutableRawBufferPointer(rebasing: target[filled...]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: target[..<more]))
            filled += more
        }
    }
}
