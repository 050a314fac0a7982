internal import VarveEvents
internal import VarveHash

/// One field of a batch as codes: numbers for values, shared by all groups. Codes below `table.count` are those of the column's
/// own dictionary, read in place; absent values, numbers and values of other columns get higher codes.
final class FieldCodes {
    let coded: FoldPlan.CodedField
    private let batch: EventBatch
    private let columns: [Column]
    private let table: StringTable?
    private let tableCount: Int
    private var extras: [Extra] = []
    private var extraNumbers: [[UInt8]: UInt32] = [:]
    private var integers = NumberCodes()
    private var doubles = NumberCodes()
    private var groups: [CodeSpan?]
    /// Small integers 0 ..< 1,024, typical for statuses and sizes: code + 1 by value.
    private var smallIntegers = [UInt32](repeating: 0, count: 1_024)
    /// Per code, the hash of its text; computed on demand.
    private var hashes = CodeHashes()
    /// Per code, the hash of its key bytes; computed on demand.
    private var keyHashes = CodeHashes()
    private var scratch: [UInt8] = []

    /// The meaning of a code above the table's. Untransformed numbers are stored as they are: most batches never need their key
    /// bytes.
    private enum Extra {
        case key([UInt8])
        case int(Int64)
        case double(Double)
    }

    init(_ coded: FoldPlan.CodedField, _ batch: EventBatch) {
        self.coded = coded
        self.batch = batch
        columns = coded.field.columns.compactMap { batch.column($0) }
        let text = columns.first { column in
            if case .strings = column.values { return true }
            return false
        }
        if case .strings(_, let table)? = text?.values { self.table = table } else { table = nil }
        tableCount = table?.count ?? 0
        groups = [CodeSpan?](repeating: nil, count: batch.groups.count)
    }

    var count: Int { tableCount + extras.count }

    private(set) lazy var null: UInt32 = extra(KeyBytes.null)

    private func extra(_ key: [UInt8]) -> UInt32 {
        if let known = extraNumbers[key] { return known }
        let code = UInt32(truncatingIfNeeded: tableCount + extras.count)
        extras.append(.key(key))
        extraNumbers[key] = code
        return code
    }

    private func append(_ extra: Extra) -> UInt32 {
        extras.append(extra)
        return UInt32(truncatingIfNeeded: tableCount + extras.count - 1)
    }

    /// The key bytes of the value with code `code`, transformed.
    func keyBytes(_ code: UInt32) -> [UInt8] {
        guard Int(code) < tableCount, let table else {
            return switch extras[Int(code) - tableCount] {
            case .key(let key): key
            case .int(let number): coded.transform.key(.int(number))
            case .double(let number): coded.transform.key(.double(number))
            }
        }
        return table.withBytes(of: Int(code)) { coded.transform.key(text: $0) }
    }

    /// Calls `body` with the key bytes of the value with code `code`, transformed; without an allocation for plain text.
    func withKeyBytes<Result>(_ code: UInt32, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        guard Int(code) < tableCount, let table, case .none = coded.transform else {
            return keyBytes(code).withUnsafeBytes { body($0) }
        }
        scratch.removeAll(keepingCapacity: true)
        table.withBytes(of: Int(code)) { KeyBytes.append(utf8: $0, to: &scratch) }
        return scratch.withUnsafeBytes { body($0) }
    }

    /// XXH3-64 of the key bytes of the value with code `code`.
    func keyHash(_ code: UInt32) -> UInt64 {
        if let known = keyHashes[Int(code)] { return known }
        return keyHashes.set(Int(code), withKeyBytes(code) { XXH3.hash64($0) }, of: count)
    }

    /// XXH3-64 of the text of the value with code `code`: UTF-8 unchanged, numbers in decimal. A text that reads like a number
    /// has another hash than the number.
    func hash(_ code: UInt32) -> UInt64 {
        if let known = hashes[Int(code)] { return known }
        return hashes.set(Int(code), textHash(Int(code)), of: count)
    }

    private func textHash(_ code: Int) -> UInt64 {
        if code < tableCount, let table {
            return table.withBytes(of: code) { DistinctText.hash($0, ofAttribute: isAttribute) }
        }
        switch extras[code - tableCount] {
        case .int(let number): return XXH3.hash64(String(number))
        case .double(let number): return XXH3.hash64(String(number))
        case .key(let key):
            var reader = StateReader(key)
            guard let value = try? KeyBytes.read(&reader) else { preconditionFailure("coded bytes are not a value") }
            return switch value {
            case .string(var text): text.withUTF8 { DistinctText.hash(UnsafeRawBufferPointer($0), ofAttribute: isAttribute) }
            case .int(let number): XXH3.hash64(String(number))
            case .double(let number): XXH3.hash64(String(number))
            case .bool(let flag): XXH3.hash64(flag ? "true" : "false")
            case .null, .decimal, .time, .top: XXH3.hash64("")
            }
        }
    }

    /// The hashes of the texts of all entries of the table, of which `codes` are about to be asked for: if these are many, the
    /// table is read once, in order.
    func prepareHashes(_ codes: Int) {
        guard let table, codes * 2 > tableCount else { return }
        hashes.fill(table, ofAttribute: isAttribute)
    }

    private var isAttribute: Bool { coded.field.place == .attribute }

    /// The codes of group `group`, one per position.
    func span(_ group: Int) -> CodeSpan {
        if let known = groups[group] { return known }
        let made = makeSpan(group)
        groups[group] = made
        return made
    }

    private func makeSpan(_ group: Int) -> CodeSpan {
        if coded.field.place == .signal {
            var signal = batch.groups[group].signal
            return .constant(extra(signal.withUTF8 { coded.transform.key(text: UnsafeRawBufferPointer($0)) }))
        }
        let positions = batch.groups[group].positions
        let found = columns.compactMap { column in
            ColumnPlaces(column, group: group, positions: positions).map { (column, $0) }
        }
        guard let first = found.first else { return .constant(null) }
        if found.count == 1, case .dense(let start) = first.1, case .strings(let codes, let entries) = first.0.values,
            entries.count == tableCount, first.0.key == columns.first(where: { $0.isText })?.key
        {
            switch codes {
            case .constant: return .constant(0)
            case .u8(let codes): return .u8(codes, offset: start)
            case .u16(let codes): return .u16(codes, offset: start)
            case .u32(let codes): return .u32(codes, offset: start)
            case .identity: return .u32((0..<positions.count).map { UInt32(truncatingIfNeeded: start + $0) }, offset: 0)
            }
        }
        var codes = [UInt32](repeating: null, count: positions.count)
        for (column, places) in found { fill(&codes, column, places) }
        return .u32(codes, offset: 0)
    }

    private func fill(_ codes: inout [UInt32], _ column: Column, _ places: ColumnPlaces) {
        let isPrimary = column.key == columns.first(where: { $0.isText })?.key
        for position in codes.indices {
            guard let place = places.place(position) else { continue }
            switch column.values {
            case .int64(let values): codes[position] = code(values[place])
            case .double(let values): codes[position] = code(values[place])
            case .decimal(let mantissas, let scale): codes[position] = code(Double(mantissas[place]) / decimalPowers[scale])
            case .bool(let bits): codes[position] = extra(coded.transform.key(.bool(bits[place])))
            case .strings(let entries, let table):
                let entry = entries[place]
                codes[position] =
                    isPrimary
                    ? UInt32(truncatingIfNeeded: entry) : extra(table.withBytes(of: entry) { coded.transform.key(text: $0) })
            }
        }
    }

    private func code(_ value: Int64) -> UInt32 {
        if value >= 0, value < 1_024 {
            if smallIntegers[Int(value)] == 0 { smallIntegers[Int(value)] = extra(coded.transform.key(.int(value))) + 1 }
            return smallIntegers[Int(value)] - 1
        }
        guard coded.transform.keepsNumbers else { return extra(coded.transform.key(.int(value))) }
        return integers.code(UInt64(bitPattern: value)) { append(.int(value)) }
    }

    private func code(_ value: Double) -> UInt32 {
        if let whole = Int64(exactly: value) { return code(whole) }
        guard coded.transform.keepsNumbers else { return extra(coded.transform.key(.double(value))) }
        return doubles.code(value.bitPattern) { append(.double(value)) }
    }
}

extension Column {
    var isText: Bool { key.type == .string || key.type == .json }
}
