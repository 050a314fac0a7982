/// How many records of an input may be refused, as a count or a percentage. It is checked at the end of the input: accepted
/// records are in the log in any case.
public enum RejectionLimit: Hashable, Sendable {
    case records(Int)
    /// A percentage of the records received, from 0 to 100.
    case percent(Double)

    /// Parses `10` or `2.5%`; nil for anything else.
    public init?(_ text: String) {
        if text.hasSuffix("%") {
            guard let percent = Double(text.dropLast()), percent >= 0, percent <= 100 else { return nil }
            self = .percent(percent)
        } else {
            guard let count = Int(text), count >= 0 else { return nil }
            self = .records(count)
        }
    }

    /// Whether `rejected` of `received` records exceed the limit.
    public func isExceeded(rejected: Int, of received: Int) -> Bool {
        switch self {
        case .records(let count): rejected > count
        case .percent(let percent): Double(rejected) * 100 > Double(received) * percent
        }
    }

    /// The limit in the syntax of `init(_:)`.
    public var text: String {
        switch self {
        case .records(let count): "\(count)"
        case .percent(let percent): percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
        }
    }
}
