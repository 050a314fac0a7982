internal import VarveEvents

/// What becomes of a value before it enters the log.
public enum PrivacyAction: Hashable, Sendable, CustomStringConvertible {
    case keep
    /// The first so many characters of a text.
    case cut(Int)
    /// An address up to its `?` or `#`.
    case withoutQuery
    /// `p_` and 16 hexadecimal digits of a SHA-256: the same value gives the same text, and nobody reads the value off it.
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
