/// What an operator makes of pairs of series.
struct ResultSeries {
    private let operation: ScalarOperation
    private let binary: Expression.BinaryOperation
    private let count: Int
    /// Per signature the steps that have a result already, when that may be one only.
    private var taken: [[Bool]?]
    /// Per labels of a result and signature, where it stands.
    private var places: [Key: Int] = [:]
    private(set) var series: [StepSeries] = []

    private struct Key: Hashable {
        let side: Int
        let labels: Labels
    }

    init(_ binary: Expression.BinaryOperation, _ count: Int, _ signatures: Int) {
        self.binary = binary
        self.count = count
        operation = ScalarOperation(binary.operation)
        taken = [[Bool]?](repeating: nil, count: signatures)
    }

    /// Whether that made another series.
    mutating func add(_ many: StepSeries, _ one: StepSeries, side: Int, isSwapped: Bool) throws(PromQLError) -> Bool {
        let before = series.count
        let isOneToOne = binary.matching.cardinality == .oneToOne
        let key = Key(side: side, labels: labels(many.labels, one.labels))
        let place: Int
        if let known = places[key] {
            place = known
        } else {
            place = series.count
            places[key] = place
            series.append(StepSeries(labels: key.labels, values: StepSeries.nothing(count)))
        }
        var steps = isOneToOne ? taken[side] ?? [Bool](repeating: false, count: count) : []
        if isOneToOne { taken[side] = nil }
        for step in 0..<count {
            let (mine, theirs) = (many.values[step], one.values[step])
            guard !mine.isAbsent, !theirs.isAbsent else { continue }
            let (left, right) = isSwapped ? (theirs, mine) : (mine, theirs)
            var value = operation.number(left, right)
            if operation.isComparison, !binary.returnsBool {
                guard value == 1 else { continue }
                value = left
            }
            if isOneToOne {
                guard !steps[step] else {
                    throw .execution(
                        "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)")
                }
                steps[step] = true
            } else if !series[place].values[step].isAbsent {
                throw .execution("multiple matches for labels: grouping labels must ensure unique matches")
            }
            series[place].values[step] = value
        }
        if isOneToOne { taken[side] = steps }
        return series.count > before
    }

    private func labels(_ many: Labels, _ one: Labels) -> Labels {
        let matching = binary.matching
        var labels = binary.operation.dropsName || binary.returnsBool ? many.withoutName : many
        if matching.cardinality == .oneToOne {
            labels = matching.isOn ? labels.keeping(matching.labels) : labels.removing(matching.labels)
        }
        for name in matching.include { labels = labels.setting(name, to: one[name]) }
        return labels
    }
}
