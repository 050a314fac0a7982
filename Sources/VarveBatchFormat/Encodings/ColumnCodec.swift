// The bytes of a column: which rows have a value, the values in an encoding of their type, and padding.
//
//     ┌──────────┬──────┬──────────────────────────────┬─────────┐
//     │ presence │ kind │ values                       │ 0 <8b>  │
//     └──────────┴──────┴──────────────────────────────┴─────────┘
//     kind 1  integers     IntegerBlocks
//          2  doubles      8 bytes each
//          3  decimals     scale <1b>, mantissas as integers
//          4  booleans     one bit each, in 64-bit words
//          5  strings      dictionary (see StringDictionaries), codes as integers
//          6  strings, all distinct    dictionary only: value i is entry i
//          7  strings determined by another column: see MappedStrings

internal import VarveEvents

/// How the values of a column are stored. Part of the format; zero is never valid.
enum ValueEncoding: UInt8 {
    case integers = 1
    case double = 2
    case decimal = 3
    case bool = 4
    case strings = 5
    case distinctStrings = 6
    case mapped = 7
}

enum ColumnCodec {
    static func encode(_ column: Column) -> [UInt8] {
        var writer = ByteWriter()
        Presences.encode(column.presence, into: &writer)
        switch column.values {
        case .int64(let values):
            writer.u8(ValueEncoding.integers.rawValue)
            values.withUnsafeBufferPointer { IntegerBlocks.encode($0, deltas: true, into: &writer) }
        case .double(let values): Doubles.encode(values, into: &writer)
        case .decimal(let mantissas, let scale): Doubles.encode(mantissas: mantissas, scale: scale, into: &writer)
        case .bool(let bits):
            writer.u8(ValueEncoding.bool.rawValue)
            Presences.encode(bits, into: &writer)
        case .strings(.identity, let table):
            writer.u8(ValueEncoding.distinctStrings.rawValue)
            StringDictionaries.encode(table, into: &writer)
        case .strings(let codes, let table):
            writer.u8(ValueEncoding.strings.rawValue)
            StringDictionaries.encode(table, into: &writer)
            CodeArrays.encode(codes, into: &writer)
        }
        writer.zeros(FormatLimits.columnPadding)
        return writer.bytes
    }

    static func decode(
        _ bytes: UnsafeRawBufferPointer, key: ColumnKey, rowCount: Int, groups: [SignalGroup],
        parent: (Int) throws(FormatError) -> ParentCodes
    ) throws(FormatError) -> Column {
        var reader = ByteReader(bytes)
        let (presence, starts) = try Presences.decode(&reader, rowCount: rowCount, groups: groups)
        let count = starts[starts.count - 1]
        let kind = try reader.u8()
        let values: ColumnValues
        switch (ValueEncoding(rawValue: kind), key.type) {
        case (.integers, .int64):
            values = .int64(try IntegerBlocks.decodeArray(&reader, count: count, as: Int64.self).values)
        case (.double, .double): values = try Doubles.decodeRaw(&reader, count: count)
        case (.decimal, .double): values = try Doubles.decodeDecimal(&reader, count: count)
        case (.bool, .bool): values = .bool(try Presences.decodeBitmap(&reader, count: count))
        case (.strings, .string), (.strings, .json):
            let table = try StringDictionaries.decode(&reader, atMost: EventLimits.rowsPerBatch)
            values = .strings(try CodeArrays.decode(&reader, count: count, limit: table.count), table)
        case (.distinctStrings, .string), (.distinctStrings, .json):
            let table = try StringDictionaries.decode(&reader, atMost: EventLimits.rowsPerBatch)
            guard table.count == count else {
                throw FormatError(.malformed, "\(table.count) distinct strings for \(count) values")
            }
            values = .strings(.identity(count: count), table)
        case (.mapped, .string), (.mapped, .json):
            let parent = try parent(reader.count(atMost: EventLimits.columnsPerBatch, "as number of a column"))
            guard parent.presence == presence else { throw FormatError(.malformed, "\(key.name) and its parent differ in rows") }
            values = try MappedStrings.decode(&reader, parent: parent)
        default: throw FormatError(.malformed, "value encoding \(kind) for a column of type \(key.type)")
        }
        guard reader.remaining == FormatLimits.columnPadding else {
            throw FormatError(.malformed, "\(reader.remaining) bytes left at a column's end, not \(FormatLimits.columnPadding)")
        }
        return Column(key: key, presence: presence, valueStarts: starts, values: values)
    }
}

/// Codes as integers. Decoded codes are below the dictionary's size, so users may index with them unchecked.
enum CodeArrays {
    static func encode(_ codes: Codes, into writer: inout ByteWriter) {
        switch codes {
        case .constant: IntegerBlocks.encode(constant: 0, into: &writer)
        case .identity(let count): encode((0..<UInt32(truncatingIfNeeded: count)).map { $0 }, deltas: true, into: &writer)
        case .u8(let codes): encode(codes, deltas: false, into: &writer)
        case .u16(let codes): encode(codes, deltas: true, into: &writer)
        case .u32(let codes): encode(codes, deltas: true, into: &writer)
        }
    }

    private static func encode<Code: FixedWidthInteger & BitwiseCopyable>(
        _ codes: [Code], deltas: Bool, into writer: inout ByteWriter
    ) {
        codes.withUnsafeBufferPointer { IntegerBlocks.encode($0, deltas: deltas, into: &writer) }
    }

    /// Decodes `count` codes, all below `limit`, into the narrowest form.
    static func decode(_ reader: inout ByteReader, count: Int, limit: Int) throws(FormatError) -> Codes {
        if limit <= 1 {
            let (_, bits) = try IntegerBlocks.decodeArray(&reader, count: count, as: UInt8.self)
            guard bits == 0, limit == 1 || count == 0 else { throw outOfRange(limit) }
            return .constant(count: count)
        } else if limit <= 256 {
            let (codes, bits) = try IntegerBlocks.decodeArray(&reader, count: count, as: UInt8.self)
            guard bits < limit || bits <= 255 && greatest(codes) < limit else { throw outOfRange(limit) }
            return .u8(codes)
        } else if limit <= 65_536 {
            let (codes, bits) = try IntegerBlocks.decodeArray(&reader, count: count, as: UInt16.self)
            guard bits < limit || bits <= 65_535 && greatest(codes) < limit else { throw outOfRange(limit) }
            return .u16(codes)
        }
        let (codes, bits) = try IntegerBlocks.decodeArray(&reader, count: count, as: UInt32.self)
        guard bits < limit || bits <= UInt32.max && greatest(codes) < limit else { throw outOfRange(limit) }
        return .u32(codes)
    }

    /// The maximum. Unlike the library's `max()`, this loop is vectorized.
    private static func greatest<Code: FixedWidthInteger & UnsignedInteger>(_ codes: [Code]) -> Int {
        Int(
            codes.withUnsafeBufferPointer { codes in
                var greatest: Code = 0
                for code in codes { greatest = max(greatest, code) }
                return greatest
            })
    }

    private static func outOfRange(_ limit: Int) -> FormatError {
        FormatError(.malformed, "a code outside its dictionary of \(limit)")
    }
}
