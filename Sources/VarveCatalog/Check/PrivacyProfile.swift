public import VarveEvents

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

/// How much of people may enter the log: an action per privacy class, and exceptions for single fields (decision D13).
public enum PrivacyProfile: String, CaseIterable, Sendable {
    /// Everything, but for the text of database queries, which is always cut.
    case none
    /// What views need, and no more of names, texts and addresses. The default for a system's own records.
    case standard
    /// Nothing that somebody wrote, and no id as it was.
    case strict

    /// What happens to values of a class.
    public func action(_ privacy: PrivacyClass) -> PrivacyAction {
        switch (self, privacy) {
        case (.none, _), (_, .operational), (.standard, .pseudonymous): .keep
        case (.standard, .personal), (.strict, .pseudonymous): .hash
        case (.standard, .content): .cut(Self.textLength)
        case (.strict, .personal), (.strict, .content): .drop
        }
    }

    /// What happens to a field. A field that the catalog does not know (nil) can hold anything, and is treated as content.
    public func action(_ field: FieldDescription?, of signal: String) -> PrivacyAction {
        guard let field else { return self == .none ? .keep : action(.content) }
        if signal == "db.query", field.name == "query", self != .strict { return .cut(Self.textLength) }
        if self == .none { return .keep }
        if let exception = Self.exceptions.first(where: { $0.covers(field.name, signal) }) {
            return self == .standard ? exception.standard : exception.strict
        }
        return action(field.privacy)
    }

    /// Characters of a text that are kept.
    static let textLength = Int(Numbers.Atomic.queryText.value)

    /// Fields that are treated otherwise than their class, and why.
    public static let exceptions: [PrivacyException] = [
        PrivacyException(["country", "colo", "timezone"], .keep, .keep, "too coarse to tell a person"),
        PrivacyException(
            ["url", "path", "referer"], .withoutQuery, .withoutQuery, "a page's name is no secret, its parameters are"),
        PrivacyException(["name"], of: "rum.resource", .withoutQuery, .withoutQuery, "the same"),
        PrivacyException(["query", "request"], of: "http.request", .drop, .drop, "parameters of a page can hold anything"),
        PrivacyException(["message_text"], .drop, .drop, "what people write to each other; its length is kept"),
        PrivacyException(
            ["assignee", "updated_by", "resolved_by"], .keep, .hash, "the operator's own people: who did it is on record"),
    ]
}

/// Fields with a treatment of their own.
public struct PrivacyException: Sendable {
    public let names: [String]
    /// Nil for any signal's.
    public let signal: String?
    public let standard: PrivacyAction
    public let strict: PrivacyAction
    public let reason: String

    init(
        _ names: [String], of signal: String? = nil, _ standard: PrivacyAction, _ strict: PrivacyAction, _ reason: String
    ) {
        self.names = names
        self.signal = signal
        self.standard = standard
        self.strict = strict
        self.reason = reason
    }

    func covers(_ name: String, _ signal: String) -> Bool {
        names.contains(name) && (self.signal ?? signal) == signal
    }
}
