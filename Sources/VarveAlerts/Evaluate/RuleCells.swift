// The cells of the views that rules look at, in memory: as many as the rules look back over. Rules of one view and level share
// them.

internal import VarveBatchFormat
internal import VarveEvents
internal import VarveHash
internal import VarveProjections

struct RuleCells: Sendable {
    private struct Key: Hashable {
        var view: SHA256Digest
        var level: BucketLevel
    }

    private struct Kept {
        var states: ViewStates
        let level: BucketLevel
        /// Nanoseconds before an evaluation that rules look back over.
        var lookback: Int64
    }

    private var places: [Key: Int] = [:]
    private var kept: [Kept] = []

    init(_ rules: [PreparedRule]) {
        for rule in rules {
            let key = Key(view: rule.definition.fingerprint, level: rule.level)
            let needed = rule.lookback + rule.horizon + rule.warmth
            if let place = places[key] {
                kept[place].lookback = max(kept[place].lookback, needed)
            } else {
                places[key] = kept.count
                let plan = FoldPlan(rule.definition, level: rule.level)
                kept.append(Kept(states: ViewStates(plan), level: rule.level, lookback: needed))
            }
        }
    }

    var isEmpty: Bool { kept.isEmpty }

    /// The columns that folding needs of a batch.
    var columns: Set<ColumnKey> { kept.reduce(into: []) { $0.formUnion($1.states.plan.columns) } }

    /// How far before an evaluation any rule looks back.
    var lookback: Int64 { kept.map(\.lookback).max() ?? 0 }

    /// Whether an event of `signal` is looked at.
    func matches(_ signal: String) -> Bool { kept.contains { $0.states.plan.matches(signal) } }

    mutating func fold(_ batch: EventBatch) {
        for index in kept.indices { kept[index].states.fold(batch) }
    }

    /// Forgets what no evaluation from `tick` on looks at.
    mutating func forget(before tick: Int64) {
        for index in kept.indices {
            let level = kept[index].level
            let (border, overflow) = tick.subtractingReportingOverflow(kept[index].lookback)
            guard !overflow, level != .all else { continue }
            kept[index].states.removeBuckets(before: level.bucket(of: border), level: level)
        }
    }

    /// The rows of a rule's view for the window `from ..< to`: one for each combination of its dimensions, or with `isSeries`
    /// for each of them and each bucket of the rule.
    func rows(_ rule: PreparedRule, from: Int64, to: Int64, isSeries: Bool = false) throws(QueryError) -> [ViewRow] {
        let key = Key(view: rule.definition.fingerprint, level: rule.level)
        guard let place = places[key], let state = kept[place].states.all.first else { return [] }
        let query = ViewQuery(
            bucket: isSeries ? max(rule.rule.source.bucket, rule.level) : .all, by: rule.rule.source.by,
            where: rule.rule.source.filters.map { DimensionFilter($0) }, from: Timestamp(nanoseconds: from),
            to: Timestamp(nanoseconds: to))
        return try state.rows(query)
    }
}
