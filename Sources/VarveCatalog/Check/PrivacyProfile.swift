public import VarveEvents

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
