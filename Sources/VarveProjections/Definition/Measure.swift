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

    /// The sum of the product of numbers, kept in millionths. An event without one of them has no product.
    public static func sum(_ name: String, ofProduct fields: String..., when condition: Condition? = nil) -> Measure {
        Measure(name, .product(fields.map { Field($0) }), when: condition)
    }

    /// The least number, of its own type.
    public static func min(_ name: String, of field: String, when condition: Condition? = nil) -> Measure {
        Measure(name, .min(Field(field)), when: condition)
    }

    /// The greatest number, of its own type.
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

    /// How many different combinations of values there are. An event without any of them has none.
    public static func distinct(_ name: String, ofAll fields: String..., when condition: Condition? = nil) -> Measure {
        Measure(name, .combinations(fields.map { Field($0) }), when: condition)
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
