/// How many records of an input may be refused: so many, or so many of a hundred. It is judged at the end of the input: what
/// was not refused is in the log all the same.
public enum RejectionLimit: Hashable, Sendable {
    case records(Int)
    /// A share of the records received, from 0 to 100.
    case percent(Double)

    /// Reads `10` or `2.5%`; nil for anything else.
    public init?(_ text: String) {
        if text.hasSuffix("%") {
            guard let percent = Double(text.dropLast()), percent >= 0, percent <= 100 else { return nil }
            self = .percent(percent)
        } else {
            guard let count = Int(text), count >= 0 else { return nil }
            self = .records(count)
        }
    }

    /// Whether `rejected` of `received` records are more than it allows.
    public func isExceeded(rejected: Int, of received: Int) -> Bool {
        switch self {
        case .records(let count): rejected > count
        case .percent(let percent): Double(rejected) * 100 > Double(received) * percent
        }
    }

    /// As it is typed.
    public var text: String {
        switch self {
        case .records(let count): "\(count)"
        case .percent(let percent): percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
        }
    }
}
