// The distinct strings of a column. Strings in telemetry are rarely prose; they are `sess_00017133`, UUIDs, hex trace ids. The
// first form that can hold all of them without loss is used.
//
//     ┌───────┬──────┬───
//     │ count │ form │ …
//     └───────┴──────┴───
//     form 1  numbered    prefix, digits <1b>, numbers as integers: prefix plus decimal digits, zero-padded to `digits`;
//                         digits 0: no leading zeros
//     form 2  hex         length, then one template byte per character: the character itself, or 0 for any of 0-9a-f;
//                         `lead` <1b>, the first `lead` digits of each string as integers (UUIDv7 begins with a time), the
//                         other digits as nibbles, string after string
//     form 3  plain       lengths as integers, then all bytes

internal import VarveEvents

enum StringDictionaries {
    private enum Form: UInt8 {
        case numbered = 1
        case hex = 2
        case plain = 3
    }

    static func encode(_ table: StringTable, into writer: inout ByteWriter) {
        writer.count(table.count)
        if table.count > 1, let numbered = NumberedStrings(table) {
            writer.u8(Form.numbered.rawValue)
            numbered.encode(into: &writer)
        } else if table.count > 1, let hex = HexStrings(table) {
            writer.u8(Form.hex.rawValue)
            hex.encode(table, into: &writer)
        } else {
            writer.u8(Form.plain.rawValue)
            let lengths = (0..<table.count).map { Int64(table.bounds[$0 + 1] - table.bounds[$0]) }
            lengths.withUnsafeBufferPointer { IntegerBlocks.encode($0, deltas: false, into: &writer) }
            writer.append(table.bytes)
        }
    }

    static func decode(_ reader: inout ByteReader, atMost limit: Int) throws(FormatError) -> StringTable {
        let count = try reader.count(atMost: limit, "distinct strings")
        let form = try reader.u8()
        switch Form(rawValue: form) {
        case .numbered: return try NumberedStrings.decode(&reader, count: count)
        case .hex: return try HexStrings.decode(&reader, count: count)
        case .plain: return try decodePlain(&reader, count: count)
        case nil: throw FormatError(.malformed, "dictionary form \(form) is not known")
        }
    }

    /// Skips a dictionary and returns its number of strings. The numbered form, which nearly all long dictionaries have, is not
    /// unpacked.
    static func skip(_ reader: inout ByteReader, atMost limit: Int) throws(FormatError) -> Int {
        var ahead = reader
        let count = try ahead.count(atMost: limit, "distinct strings")
        guard Form(rawValue: try ahead.u8()) == .numbered else { return try decode(&reader, atMost: limit).count }
        try NumberedStrings.skip(&ahead, count: count)
        reader = ahead
        return count
    }

    private static func decodePlain(_ reader: inout ByteReader, count: Int) throws(FormatError) -> StringTable {
        let (lengths, bits) = try IntegerBlocks.decodeArray(&reader, count: count, as: UInt32.self)
        guard bits <= UInt64(FormatLimits.columnBytes) else { throw FormatError(.malformed, "a string of over \(bits) bytes") }
        var bounds: [UInt32] = [0]
        bounds.reserveCapacity(count + 1)
        var total = 0
        for length in lengths {
            total += Int(length)
            guard total <= FormatLimits.columnBytes else { throw FormatError(.malformed, "strings of \(total) bytes") }
            bounds.append(UInt32(total))
        }
        guard let table = StringTable(bounds: bounds, bytes: Array(try reader.take(total))) else {
            throw FormatError(.malformed, "strings that are not UTF-8")
        }
        return table
    }
}
