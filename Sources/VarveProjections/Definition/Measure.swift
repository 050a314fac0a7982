/// A value computed per cell: a state that merges exactly, and the columns that show it.
public struct Measure: Hashable, Sendable {
    /// The name of the state; for all kinds except `quantiles` also the column name.
    public var name: String
    public var kind: MeasureKind
    /// Selects the view's events that count; nil for all.
    public var condition: Condition?

    public init(_ name: String, _ kind: MeasureKind, when condition: Condition? = nil) {
        self.name = name
        self.kind = kind
        self.condition = condition
    }

    /// The number of events.
    public static func count(_ name: String, when condition: Condition? = nil) -> Measure {
        Measure(name, .count, when: condition)
    }

    /// The sum of a number, stored in millionths.
    public static func sum(_ name: String, of field: String, when condition: Condition? = nil) -> Measure {
        Measure(name, .sum(Field(field)), when: condition)
    }

    /// The sum of the product of numbers, stored in millionths. An event that lacks one of them is skipped.
    public static func sum(_ name: String, ofProduct fields: String..., when condition: Condition? = nil) -> Measure {
        Measure(name, .product(fields.map { Field($0) }), when: condition)
    }

    /// The minimum, with its type.
    public static func min(_ name: String, of field: String, when condition: Condition? = nil) -> Measure {
        Measure(name, .min(Field(field)), when: condition)
    }

    /// The maximum, with its type.
    public static func max(_ name: String, of field: String, when condition: Condition? = nil) -> Measure {
        Measure(name, .max(Field(field)), when: condition)
    }

    /// The value of the event with the latest time, then the highest offset.
    public static func last(_ name: String, of field: String, when condition: Condition? = nil) -> Measure {
        Measure(name, .last(Field(field)), when: condition)
    }

    /// A sketch of a number's distribution, shown as `columns`.
    public static func quantiles(of field: String, when condition: Condition? = nil, _ columns: [StatisticColumn]) -> Measure {
        Measure(Field(field).name, .quantiles(Field(field), columns), when: condition)
    }

    /// The number of distinct values.
    public static func distinct(_ name: String, of field: String, when condition: Condition? = nil) -> Measure {
        Measure(name, .distinct(Field(field)), when: condition)
    }

    /// The number of distinct combinations of values. An event without any of the fields is skipped.
    public static func distinct(_ name: String, ofAll fields: String..., when condition: Condition? = nil) -> Measure {
        Measure(name, .combinations(fields.map { Field($0) }), when: condition)
    }

    /// The `count` most frequent values, with their counts.
    public static func topK(_ name: String, of field: String, _ count: Int, when condition: Condition? = nil) -> Measure {
        Measure(name, .topK(Field(field), count), when: condition)
    }

    /// The names of its columns, in order.
    public var columnNames: [String] {
        if case .quantiles(_, let columns) = kind { return columns.map(\.name) }
        return [name]
    }
}
