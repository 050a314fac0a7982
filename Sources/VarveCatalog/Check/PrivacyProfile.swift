public import VarveEvents

/// How much personal data may enter the log: an action per privacy class, and exceptions for single fields (decision D13).
public enum PrivacyProfile: String, CaseIterable, Sendable {
    /// Everything, except that the text of database queries is always truncated.
    case none
    /// What views need; names, texts and addresses are reduced. The default for a system's own records.
    case standard
    /// No text written by people, and no unhashed ids.
    case strict

    /// The action for values of a class.
    public func action(_ privacy: PrivacyClass) -> PrivacyAction {
        switch (self, privacy) {
        case (.none, _), (_, .operational), (.standard, .pseudonymous): .keep
        case (.standard, .personal), (.strict, .pseudonymous): .hash
        case (.standard, .content): .cut(Self.textLength)
        case (.strict, .personal), (.strict, .content): .drop
        }
    }

    /// The action for a field. A field that is not in the catalog (nil) can contain anything, and is treated as content.
    public func action(_ field: FieldDescription?, of signal: String) -> PrivacyAction {
        guard let field else { return self == .none ? .keep : action(.content) }
        if signal == "db.query", field.name == "query", self != .strict { return .cut(Self.textLength) }
        if self == .none { return .keep }
        if let exception = Self.exceptions.first(where: { $0.covers(field.name, signal) }) {
            return self == .standard ? exception.standard : exception.strict
        }
        return action(field.privacy)
    }

    /// The number of characters of a text that are kept.
    static let textLength = Int(Numbers.Atomic.queryText.value)

    /// Fields that are treated differently from their class, with reasons.
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
