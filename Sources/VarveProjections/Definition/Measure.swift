/// What is kept per cell: a state that merges exactly, and the columns it is shown as.
public struct Measure: Hashable, Sendable {
    /// Names the state; for all kinds but `quantiles` also the column.
    public var name: String
    public var kind: MeasureKind
    /// Which of the view's events it takes; nil for all.
    public var condition: Condition?

    public init(_ name: String, _ kind: MeasureKind, when condition: Condition? = nil) {
        self.name = name
        self.kind = kind
        self.condition = condition
    }

    /// Events.
    public static func count(_ name: String, when condition: Condition? = nil) -> Measure {
        Measure(name, .count, when: condition)
    }

    /// The sum of a number, kept in millionths.
    public static func sum(_ name: String, of field: String, when condition: Condition? = nil) -> Measure {
        Measure(name, .sum(Field(field)), when: condition)
    }

    public static func min(_ name: String, of field: String, when condition: Condition? = nil) -> Measure {
        Measure(name, .min(Field(field)), when: condition)
    }

    public static func max(_ name: String, of field: String, when condition: Condition? = nil) -> Measure {
        Measure(name, .max(Field(field)), when: condition)
    }

    /// The value of the event with the greatest time, among equals the one with the greatest offset.
    public static func last(_ name: String, of field: String, when condition: Condition? = nil) -> Measure {
        Measure(name, .last(Field(field)), when: condition)
    }

    /// A sketch of a number's distribution, shown as `columns`.
    public static func quantiles(of field: String, when condition: Condition? = nil, _ columns: [StatisticColumn]) -> Measure {
        Measure(Field(field).name, .quantiles(Field(field), columns), when: condition)
    }

    /// How many different values there are.
    public static func distinct(_ name: String, of field: String, when condition: Condition? = nil) -> Measure {
        Measure(name, .distinct(Field(field)), when: condition)
    }

    /// The `count` most frequent values, with their counts.
    public static func topK(_ name: String, of field: String, _ count: Int, when condition: Condition? = nil) -> Measure {
        Measure(name, .topK(Field(field), count), when: condition)
    }

    /// The names it is shown under, in order.
    public var columnNames: [String] {
        if case .quantiles(_, let columns) = kind { return columns.map(\.name) }
        return [name]
    }
}

/// What a measure keeps.
public enum MeasureKind: Hashable, Sendable {
    case count
    case sum(Field)
    case min(Field)
    case max(Field)
    case last(Field)
    case quantiles(Field, [StatisticColumn])
    case distinct(Field)
    case topK(Field, Int)

    /// The field it reads, if any.
    public var field: Field? {
        switch self {
        case .count: nil
        case .sum(let field), .min(let field), .max(let field), .last(let field), .quantiles(let field, _),
            .distinct(let field), .topK(let field, _):
            field
        }
    }
}

/// One shown column of a quantile sketch.
public struct StatisticColumn: Hashable, Sendable {
    public var name: String
    public var statistic: Statistic

    public init(_ name: String, _ statistic: Statistic) {
        self.name = name
        self.statistic = statistic
    }
}

/// What can be read from a quantile sketch.
public enum Statistic: Hashable, Sendable {
    /// How many values; exact.
    case count
    /// Exact.
    case min
    /// Exact.
    case max
    /// The value of rank ⌈Q·count⌉, Q in millionths (`950_000` is p95); relative error at most 0.55 %.
    case quantile(millionths: Int)
}

/// A column computed from others when a row is shown; never stored.
public struct DerivedColumn: Hashable, Sendable {
    public var name: String
    public var formula: DerivedFormula

    public init(_ name: String, _ formula: DerivedFormula) {
        self.name = name
        self.formula = formula
    }

    /// The sum of the columns `parts` over the sum of the columns `whole`; null when that is zero.
    public static func ratio(_ name: String, of parts: String..., over whole: String...) -> DerivedColumn {
        DerivedColumn(name, .ratio(of: parts, over: whole))
    }

    /// The mean of the values in the `sum` measure `sum`; null when there are none.
    public static func mean(_ name: String, of sum: String) -> DerivedColumn {
        DerivedColumn(name, .mean(of: sum))
    }

    /// The column `column` per second of the bucket; null where the bucket has no length (`all`, without bounds).
    public static func ratePerSecond(_ name: String, of column: String) -> DerivedColumn {
        DerivedColumn(name, .ratePerSecond(of: column))
    }
}

/// How a derived column is computed.
public enum DerivedFormula: Hashable, Sendable {
    case ratio(of: [String], over: [String])
    case mean(of: String)
    case ratePerSecond(of: String)
}
