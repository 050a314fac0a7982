// A column that another column determines: every session belongs to one user, every endpoint to one service. The frame then
// stores the child's entry for each entry of the parent's dictionary, and no code per row.
//
//     ┌───────────────────┬────────────┬──────────────────────────────────┐
//     │ number of parent  │ dictionary │ one code per entry of the        │
//     │ in the directory  │            │ parent's dictionary, as integers │
//     └───────────────────┴────────────┴──────────────────────────────────┘
//
// The parent comes before its child and has codes of its own, so mappings are never nested.

internal import VarveEvents

enum MappedStrings {
    /// With fewer entries codes are narrow anyway, and saving a lookup while reading is worth more.
    private static let entriesMin = 64

    /// For each entry of the parent's dictionary, the child's code. Nil when the parent does not determine the child, when
    /// their rows differ, or when it is not worth it.
    static func mapping(of child: Column, by parent: Column) -> (codes: [UInt32], table: StringTable)? {
        guard case .strings(let childCodes, let table) = child.values, table.count >= entriesMin,
            case .strings(let parentCodes, let parentTable) = parent.values, parent.key.type != .json,
            parentTable.count * 2 <= parentCodes.count, child.presence == parent.presence
        else { return nil }
        let codes: [UInt32]? =
            switch childCodes {
            case .u8(let child): mapping(of: child, by: parentCodes, entries: parentTable.count)
            case .u16(let child): mapping(of: child, by: parentCodes, entries: parentTable.count)
            case .u32(let child): mapping(of: child, by: parentCodes, entries: parentTable.count)
            case .constant, .identity:
                mapping(of: (0..<childCodes.count).map { UInt32(childCodes[$0]) }, by: parentCodes, entries: parentTable.count)
            }
        return codes.map { ($0, table) }
    }

    private static func mapping<Child: FixedWidthInteger & UnsignedInteger>(
        of child: [Child], by parentCodes: Codes, entries: Int
    ) -> [UInt32]? {
        switch parentCodes {
        case .u8(let parent): mapping(of: child, by: parent, entries: entries)
        case .u16(let parent): mapping(of: child, by: parent, entries: entries)
        case .u32(let parent): mapping(of: child, by: parent, entries: entries)
        case .constant, .identity: mapping(of: child, by: child.indices.map { UInt32(parentCodes[$0]) }, entries: entries)
        }
    }

    private static func mapping<Child: FixedWidthInteger & UnsignedInteger, Parent: FixedWidthInteger & UnsignedInteger>(
        of child: [Child], by parent: [Parent], entries: Int
    ) -> [UInt32]? {
        var map = [UInt32](repeating: .max, count: entries)
        let isMapping = child.withUnsafeBufferPointer { child in
            parent.withUnsafeBufferPointer { parent in
                for index in 0..<min(child.count, parent.count) {
                    let from = Int(parent[index])
                    let to = UInt32(truncatingIfNeeded: child[index])
                    if map[from] == to { continue }
                    guard map[from] == .max else { return false }
                    map[from] = to
                }
                return true
            }
        }
        return isMapping ? map.map { $0 == .max ? 0 : $0 } : nil
    }

    static func encode(
        _ mapping: (codes: [UInt32], table: StringTable), parent: Int, presence: Presence, into writer: inout ByteWriter
    ) {
        Presences.encode(presence, into: &writer)
        writer.u8(ValueEncoding.mapped.rawValue)
        writer.count(parent)
        StringDictionaries.encode(mapping.table, into: &writer)
        CodeArrays.encode(.u32(mapping.codes), into: &writer)
        writer.zeros(FormatLimits.columnPadding)
    }

    /// The child's values, given the parent's codes.
    static func decode(_ reader: inout ByteReader, parent: ParentCodes) throws(FormatError) -> ColumnValues {
        let codes = parent.codes
        let table = try StringDictionaries.decode(&reader, atMost: EventLimits.rowsPerBatch)
        let map = try CodeArrays.decode(&reader, count: parent.entries, limit: table.count)
        switch map {
        case .constant: return .strings(.constant(count: codes.count), table)
        case .identity: throw FormatError(.malformed, "a mapping cannot be an identity")
        case .u8(let map): return .strings(.u8(gather(codes, map)), table)
        case .u16(let map): return .strings(.u16(gather(codes, map)), table)
        case .u32(let map): return .strings(.u32(gather(codes, map)), table)
        }
    }

    /// The element of `map` at every code. Codes are below the size of their dictionary, which is the size of `map`.
    private static func gather<Element: BitwiseCopyable>(_ codes: Codes, _ map: [Element]) -> [Element] {
        func gathered<Code: FixedWidthInteger>(_ codes: [Code]) -> [Element] {
            [Element](unsafeUninitializedCapacity: codes.count) { target, count in
                map.withUnsafeBufferPointer { map in
                    codes.withUnsafeBufferPointer { codes in
                        guard let to = target.baseAddress, let from = codes.baseAddress, let through = map.baseAddress else {
                            return
                        }
                        for index in 0..<codes.count { (to + index).initialize(to: through[Int(from[index])]) }
                        count = codes.count
                    }
                }
            }
        }
        switch codes {
        case .constant(let count): return map.first.map { [Element](repeating: $0, count: count) } ?? []
        case .identity: return map
        case .u8(let codes): return gathered(codes)
        case .u16(let codes): return gathered(codes)
        case .u32(let codes): return gathered(codes)
        }
    }
}

/// The parts of a parent that a mapped column needs: which rows have a value, and their codes. The strings are not created.
struct ParentCodes {
    let presence: Presence
    let codes: Codes
    /// The number of entries in the parent's dictionary; all codes are below it.
    let entries: Int

    /// From a decoded column.
    init(_ column: Column) throws(FormatError) {
        guard case .strings(let codes, let table) = column.values else { throw Self.hasNoCodes(column.key) }
        presence = column.presence
        self.codes = codes
        entries = table.count
    }

    /// From the bytes of a column.
    init(_ bytes: UnsafeRawBufferPointer, key: ColumnKey, rowCount: Int, groups: [SignalGroup]) throws(FormatError) {
        var reader = ByteReader(bytes)
        let (presence, starts) = try Presences.decode(&reader, rowCount: rowCount, groups: groups)
        guard case .strings = ValueEncoding(rawValue: try reader.u8()), key.type == .string || key.type == .json else {
            throw Self.hasNoCodes(key)
        }
        self.presence = presence
        entries = try StringDictionaries.skip(&reader, atMost: EventLimits.rowsPerBatch)
        codes = try CodeArrays.decode(&reader, count: starts[starts.count - 1], limit: entries)
    }

    private static func hasNoCodes(_ key: ColumnKey) -> FormatError {
        FormatError(.malformed, "a column is mapped by \(key.name), which has no codes")
    }
}
