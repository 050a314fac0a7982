// Accessors for a row's value as a Swift type: `row["p95_ms"]?.double`.

public import VarveEvents

extension ViewValue {
    /// Any number; nil otherwise.
    public var double: Double? { number }

    /// An integer that fits; nil otherwise.
    public var int: Int64? {
        switch self {
        case .int(let value): value
        case .double(let value): Int64(exactly: value)
        case .decimal(let micros): micros % 1_000_000 == 0 ? Int64(exactly: micros / 1_000_000) : nil
        case .null, .bool, .string, .time, .top: nil
        }
    }

    /// A text; nil otherwise.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    public var bool: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    public var time: Timestamp? {
        if case .time(let time) = self { time } else { nil }
    }

    public var isNull: Bool { self == .null }
}
