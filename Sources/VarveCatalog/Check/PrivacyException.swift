/// Fields that are treated differently from their privacy class.
public struct PrivacyException: Sendable {
    public let names: [String]
    /// Nil for all signals.
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
