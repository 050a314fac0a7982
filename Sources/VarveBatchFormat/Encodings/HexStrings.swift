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
        var template = Array(table.bytes[0..<length])
        for (index, bound) in table.bounds.enumerated() where Int(bound) != index * length { return nil }
        for start in stride(from: 0, to: table.bytes.count, by: length) {
            for place in 0..<length {
                let byte = table.bytes[start + place]
                if template[place] == byte { continue }
                guard Self.digit(byte) != nil, template[place] == 0 || Self.digit(template[place]) != nil else { return nil }
                template[place] = 0
            }
        }
        guard template.count(where: { $0 == 0 }) >= 8 else { return nil }
        self.template = template
    }

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
        var nibbles: [UInt8] = []
        numbers.reserveCapacity(table.count)
        nibbles.reserveCapacity(table.count * (places.count - lead))
        for start in stride(from: 0, to: table.bytes.count, by: template.count) {
            var number: Int64 = 0
            for place in places[..<lead] { number = number << 4 | Int64(Self.digit(table.bytes[start + place]) ?? 0) }
            numbers.append(number)
            for place in places[lead...] { nibbles.append(Self.digit(table.bytes[start + place]) ?? 0) }
        }
        numbers.withUnsafeBufferPointer { IntegerBlocks.encode($0, deltas: true, into: &writer) }
        if !nibbles.count.isMultiple(of: 2) { nibbles.append(0) }
        writer.append(stride(from: 0, to: nibbles.count, by: 2).map { nibbles[$0] | nibbles[$0 + 1] << 4 })
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
