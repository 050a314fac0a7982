internal import VarveEvents
internal import VarveProjections

/// A rule with the view that it looks at, and how much of it that is.
struct PreparedRule: Sendable {
    var rule: AlertRule
    let definition: ViewDefinition
    /// The level of the cells that its windows are merged from.
    let level: BucketLevel
    /// Nanoseconds of a cell, where that is less than a minute.
    var slice: Int64? { rule.source.isFine ? rule.source.every : nil }

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
            case .query: 0
            }
        let (product, overflow) = buckets.multipliedReportingOverflow(by: source.step)
        return overflow ? .max : product
    }

    /// Buckets of `level` that it looks back over.
    var bucketsNeeded: Int64 { lookback / (slice ?? level.nanoseconds ?? RuleSource.minute) }

    /// Whether windows can be made of less than minutes: not where a dimension that is asked for is made of the time of day.
    var canBeFine: Bool {
        let clocks = definition.dimensions.filter { "\($0.field)".contains("\u{0}hour_of_") }.map(\.name)
        let asked = rule.source.by + rule.source.filters.map(\.name)
        return !clocks.contains { asked.contains($0) }
    }
}
