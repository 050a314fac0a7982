internal import VarveEvents

/// What happens to a value before it is appended.
public enum PrivacyAction: Hashable, Sendable, CustomStringConvertible {
    case keep
    /// Keep the first characters of a text.
    case cut(Int)
    /// Keep a URL up to its `?` or `#`.
    case withoutQuery
    /// Replace by `p_` and 16 hexadecimal digits of a SHA-256: equal values give equal texts, and the value cannot be read from
    /// them.
    case hash
    case drop

    public var description: String {
        switch self {
        case .keep: "as it is"
        case .cut(let count): "cut to \(count) characters"
        case .withoutQuery: "without what follows ? or #"
        case .hash: "hashed"
        case .drop: "left out"
        }
    }
}
