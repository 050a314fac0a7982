internal import VarveEvents
internal import VarveProjections

/// A rule with the view that it looks at, and how much of it that is.
struct PreparedRule: Sendable {
    var rule: AlertRule
    let definition: ViewDefinition
    /// The level of the cells that its windows are merged from.
    let level: BucketLevel

    /// Cells are kept in memory for so many buckets at most.
    static let bucketsMax = 1_600

    init(_ rule: AlertRule, _ definition: ViewDefinition) {
        self.rule = rule
        self.definition = definition
        // Windows are aligned in UTC. Of a view in another zone, and of one that keeps days only, they are made of what lies in
        // them whole.
        let isUTC = definition.zone == .utc
        switch rule.source.bucket {
        case .minute: level = .minute
        case .hour: level = isUTC && definition.permanentLevel <= .hour ? .hour : .minute
        case .day, .all:
            level = !isUTC || definition.permanentLevel == .all ? .minute : min(.day, definition.permanentLevel)
        }
    }

    /// How far before an evaluation its events may lie, in nanoseconds.
    var lookback: Int64 {
        let source = rule.source
        let window = Int64(source.window)
        let buckets: Int64 =
            switch rule.test {
            case .number: window
            case .change(_, _, let ago): window + ago / source.step
            case .band(_, _, let history): Int64(history)
            case .absent(let known): window + Int64(known)
            case .burn(let burn): Int64(burn.long)
            }
        let (product, overflow) = buckets.multipliedReportingOverflow(by: source.step)
        return overflow ? .max : product
    }

    /// So many past evaluations are done again when late events change what they saw.
    var horizonTicks: Int64 {
        switch rule.source.bucket {
        case .minute: 15
        case .hour: 3
        case .day, .all: 2
        }
    }

    var horizon: Int64 { horizonTicks * rule.source.step }

    /// How long before the first evaluation others must be looked at to know what counts evaluations.
    var warmth: Int64 { max(rule.keep, Int64(rule.matches?.of ?? 0) * rule.source.step) }

    /// Buckets of `level` that it looks back over.
    var bucketsNeeded: Int64 { lookback / (level.nanoseconds ?? RuleSource.minute) }

    func isDue(_ tick: Int64) -> Bool { tick % rule.source.step == 0 }
}
