public import VarveEvents

/// A question to a view.
public struct ViewQuery: Hashable, Sendable {
    /// A level at least as coarse as the state's.
    public var bucket: BucketLevel
    /// The dimensions to split by; the others are merged. Nil for all, empty for none.
    public var by: [String]?
    /// What dimensions must be.
    public var filters: [DimensionFilter]
    /// Only buckets that end after this event time.
    public var from: Timestamp?
    /// Only buckets that start before this event time.
    public var to: Timestamp?

    public init(
        bucket: BucketLevel, by: [String]? = nil, where filters: [DimensionFilter] = [], from: Timestamp? = nil,
        to: Timestamp? = nil
    ) {
        self.bucket = bucket
        self.by = by
        self.filters = filters
        self.from = from
        self.to = to
    }
}

extension ViewQuery {
    /// The buckets of `level` that overlap the query's time; nil when there are none.
    public func buckets(of view: ViewDefinition, _ level: BucketLevel) -> ClosedRange<Int64>? {
        let first = from.map { view.zone.bucket(of: $0.nanoseconds, level) } ?? .min
        let last = to.map { $0.nanoseconds == .min ? .min : view.zone.bucket(of: $0.nanoseconds - 1, level) } ?? .max
        return first <= last ? first...last : nil
    }
}

/// `dimension = text`: the value's text as it is shown; nil for an absent value.
public struct DimensionFilter: Hashable, Sendable {
    public var dimension: String
    public var text: String?

    public init(_ dimension: String, _ text: String?) {
        self.dimension = dimension
        self.text = text
    }
}

/// One row of an answer.
public struct ViewRow: Hashable, Sendable {
    /// When the bucket starts; nil for `all`.
    public var time: Timestamp?
    /// The dimensions asked for, in the definition's order, then measures and derived columns, in theirs.
    public var values: [NamedValue]
    /// Whether this is the row of what a budget folded.
    public var isOther: Bool

    /// The value called `name`.
    public subscript(name: String) -> ViewValue? {
        values.first { $0.name == name }?.value
    }
}

/// A value and what it is called.
public struct NamedValue: Hashable, Sendable {
    public var name: String
    public var value: ViewValue

    public init(_ name: String, _ value: ViewValue) {
        self.name = name
        self.value = value
    }
}

/// Why a question cannot be answered.
public enum QueryError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownDimension(String, view: String, known: [String])
    case unknownTable(String, view: String, known: [String])
    case bucketTooFine(BucketLevel, view: String, finest: BucketLevel)

    public var description: String {
        switch self {
        case .unknownDimension(let name, let view, let known):
            let list = known.isEmpty ? "it has none" : "it has \(known.joined(separator: ", "))"
            return "View \(view) has no dimension \(name); \(list)."
        case .unknownTable(let name, let view, let known):
            return "View \(view) has no table \(name); it has \(known.joined(separator: ", "))."
        case .bucketTooFine(let level, let view, let finest):
            return "View \(view) is not kept by the \(level.name); ask for \(finest.name) or a coarser bucket."
        }
    }
}

extension ViewValue {
    /// As a number, for derived columns; nil for what is none.
    public var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        case .decimal(let micros): Double(micros) / 1e6
        case .null, .bool, .string, .time, .top: nil
        }
    }

    /// As text, to compare with what a user typed; nil for an absent value.
    public var text: String? {
        switch self {
        case .null: nil
        case .bool(let flag): flag ? "true" : "false"
        case .int(let value): String(value)
        case .double(let value): String(value)
        case .decimal(let micros): ViewValue.decimalText(micros)
        case .string(let text): text
        case .time(let time): time.text
        case .top(let entries): entries.map { "\($0.value.text ?? "null") \($0.count)" }.joined(separator: ", ")
        }
    }

    /// Millionths as a decimal number without needless zeros: `2747282740`, `-0.5`.
    public static func decimalText(_ micros: Int128) -> String {
        let magnitude = micros.magnitude
        let (whole, rest) = magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        var text = (micros < 0 ? "-" : "") + String(whole)
        if rest > 0 {
            let digits = String(rest)
            text += "." + String(repeating: "0", count: 6 - digits.count) + digits
            while text.hasSuffix("0") { text.removeLast() }
        }
        return text
    }
}
