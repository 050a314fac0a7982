public import VarveEvents

/// A filter on a dimension or a column of a row.
public struct DimensionFilter: Hashable, Sendable {
    /// Its field is the column's name, with or without the prefix `data.`.
    public var condition: FieldCondition

    public init(_ condition: FieldCondition) {
        self.condition = condition
    }

    /// `dimension = text`: the value's text as shown; nil for an absent value.
    public init(_ dimension: String, _ text: String?) {
        self.init(FieldCondition(dimension, .equal, text.map { .word($0) } ?? .absent))
    }

    /// The column's name as given.
    public var dimension: String { condition.field }

    /// The one of `columns` that it refers to; nil if none.
    package func column(among columns: [String]) -> String? {
        columns.first { $0 == condition.field } ?? columns.first { $0 == condition.name }
    }

    /// Whether `value` passes.
    package func allows(_ value: ViewValue, _ test: FieldTest) -> Bool {
        switch value {
        case .null: test.holds(nil)
        case .bool(let flag): test.holds(.bool(flag))
        case .int(let number): test.holds(.int64(number))
        case .double(let number): test.holds(.double(number))
        case .decimal(let micros):
            if micros.isMultiple(of: 1_000_000), let whole = Int64(exactly: micros / 1_000_000) {
                test.holds(.int64(whole))
            } else {
                test.holds(.double(Double(micros) / 1e6))
            }
        case .string, .top: test.holds(value.text.map { .string($0) })
        // Texts of times sort like the times themselves, except for their last letter.
        case .time(let time): FieldCondition(condition.field, condition.comparison, moment).holds(.string(Self.bare(time.text)))
        }
    }

    private var moment: FieldCondition.Operand {
        switch condition.operand {
        case .absent: .absent
        case .word(let text), .text(let text): .text(Self.bare(text))
        }
    }

    private static func bare(_ text: String) -> String { text.hasSuffix("Z") ? String(text.dropLast()) : text }
}
