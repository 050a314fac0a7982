public import VarveEvents

/// Checks the events of a batch against the descriptions of their signals, column by column.
///
/// A correct batch costs one comparison of counts per signal and field: whether there are as many values of a correct type as
/// rows, and none of a wrong type. Only texts with a list of allowed values are read, once per distinct text. Rows are visited
/// only if something is wrong.
public struct BatchCheck: Sendable {
    private let signals: [String: SignalDescription]

    public init(_ signals: [SignalDescription] = Catalog.signals) {
        self.signals = Dictionary(signals.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Checks all rows of `batch`. Describes the first `limit` problems.
    public func check(_ batch: EventBatch, policy: CheckPolicy = .lenient, limit: Int = 1_000) -> CheckResult {
        var found: [FoundProblem] = []
        for (number, group) in batch.groups.enumerated() {
            guard let signal = signals[group.signal] else { continue }
            let pass = GroupCheck(batch: batch, group: number, signal: signal)
            for field in signal.fields { found += pass.problems(of: field) }
        }
        let all = Bitmap(ones: batch.rowCount)
        guard !found.isEmpty else {
            return CheckResult(flags: [], flagCount: 0, keep: all, flagged: Bitmap(count: batch.rowCount), counts: [:])
        }
        let rows = batch.rowsByPosition()
        var flagged = Bitmap(count: batch.rowCount)
        var counts: [String: Int] = [:]
        var first: [(row: Int, order: Int)] = []
        for (order, problem) in found.enumerated() {
            counts[problem.summary, default: 0] += problem.positions.count
            for position in problem.positions { flagged[Int(rows[position])] = true }
            // Positions of one problem ascend, and so do their rows: no later one can be among the first `limit` of all.
            first += problem.positions.prefix(limit).map { (Int(rows[$0]), order) }
        }
        first.sort { $0 < $1 }
        let flags = first.prefix(limit).map { found[$0.order].flag(row: $0.row) }
        return CheckResult(
            flags: flags, flagCount: found.reduce(0) { $0 + $1.positions.count },
            keep: policy == .strict ? flagged.inverted : all, flagged: flagged, counts: counts)
    }
}

/// The same problem in some rows of one signal, given by position.
private struct FoundProblem {
    let signal: String
    let field: FieldDescription
    let problem: FieldProblem
    var positions: [Int]

    func flag(row: Int) -> FieldFlag {
        FieldFlag(row: row, signal: signal, field: field, problem: problem)
    }

    /// A flag's message, without the value.
    var summary: String {
        if case .notAllowed = problem { return "\(signal): \(flag(row: 0).path) is none of those allowed" }
        return "\(flag(row: 0))"
    }
}

extension Bitmap {
    fileprivate init(ones count: Int) {
        var words = [UInt64](repeating: ~0, count: (count + 63) / 64)
        if count % 64 != 0 { words[words.count - 1] = ~(~0 << UInt64(count % 64)) }
        self = Bitmap(count: count, words: words) ?? Bitmap(count: count)
    }

    fileprivate var inverted: Bitmap {
        let ones = Bitmap(ones: count)
        return Bitmap(count: count, words: zip(words, ones.words).map { ~$0 & $1 }) ?? ones
    }
}

/// One signal's rows of a batch. Flags contain positions instead of rows until the batch's order is known.
private struct GroupCheck {
    let batch: EventBatch
    let group: Int
    let signal: SignalDescription

    private var positions: Range<Int> { batch.groups[group].positions }

    func problems(of field: FieldDescription) -> [FoundProblem] {
        var found: [FoundProblem] = []
        var present = 0
        for column in columns(of: field) {
            let values = column.valueRange(ofGroup: group)
            if values.isEmpty { continue }
            if field.columns.contains(column.key) {
                present += values.count
                if !field.allowed.isEmpty { found += notAllowed(column, values, field) }
            } else {
                found.append(problem(field, .wrongType(column.key.type), positionsPresent(column)))
            }
        }
        if field.isRequired, present < positions.count {
            let places = missing(field)
            if !places.isEmpty { found.append(problem(field, .missing, places)) }
        }
        return found
    }

    /// All columns that can contain the field, of correct and wrong types.
    private func columns(of field: FieldDescription) -> [Column] {
        if let key = field.envelopeKey { return batch.column(key).map { [$0] } ?? [] }
        return batch.columns.filter { $0.key.scope == .attribute && $0.key.name == field.name }
    }

    private func missing(_ field: FieldDescription) -> [Int] {
        var has = Bitmap(count: positions.count)
        // A value of a wrong type is flagged as such, and not also as missing.
        for column in columns(of: field) {
            for position in positionsPresent(column) { has[position - positions.lowerBound] = true }
        }
        return positions.filter { !has[$0 - positions.lowerBound] }
    }

    private func notAllowed(_ column: Column, _ values: Range<Int>, _ field: FieldDescription) -> [FoundProblem] {
        guard case .strings(let codes, let table) = column.values else { return [] }
        var verdicts = [Bool?](repeating: nil, count: table.count)
        var wrong: [Int: [Int]] = [:]
        for index in values {
            let code = codes[index]
            let isAllowed = verdicts[code] ?? field.allowed.contains(table[code])
            verdicts[code] = isAllowed
            if !isAllowed { wrong[code, default: []].append(index) }
        }
        guard !wrong.isEmpty else { return [] }
        let places = positionsPresent(column)
        return wrong.sorted { $0.key < $1.key }.map { code, indexes in
            let text = String(table[code].prefix(64))
            return problem(field, .notAllowed(text), indexes.map { places[$0 - values.lowerBound] })
        }
    }

    /// The positions of this signal's rows with a value in `column`, in order.
    private func positionsPresent(_ column: Column) -> [Int] {
        switch column.presence {
        case .all: Array(positions)
        case .groups(let bits): bits[group] ? Array(positions) : []
        case .positions(let bits): positions.filter { bits[$0] }
        }
    }

    private func problem(_ field: FieldDescription, _ problem: FieldProblem, _ positions: [Int]) -> FoundProblem {
        FoundProblem(signal: signal.name, field: field, problem: problem, positions: positions)
    }
}
