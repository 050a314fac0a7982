/// What can change while a server runs: read again at SIGHUP.
public struct LiveSettings: Hashable, Sendable {
    /// How long an event stays, and how much longer it waits for a projector that has not read it.
    public var retentionDays = 30
    public var holdDays = 7
    public var holdMegabytes = 8_192
    /// Seconds from one retention, and one compaction, to the next; nil for none in this process.
    public var retainEvery: Int? = 3_600
    public var compactEvery: Int? = 3_600
    /// Pages that may send what browsers measure, by their origin, such as `https://example.org`; `*` for all.
    public var origins: [String] = []
    /// Such requests a minute from one address.
    public var beaconsPerMinute = 600
    /// What a chatbot shows in `X-Varve-Secret`; nil lets in only who has a token.
    public var chatbotSecret: String?
    /// Requests a minute of one token, or of one address without tokens; nil for any number.
    public var requestsPerMinute: Int?

    public init() {}

    /// The names of what differs, as the configuration calls them, with both values. Secrets are not told.
    func changes(to other: LiveSettings) -> [(key: String, from: String, to: String)] {
        var all: [(key: String, from: String, to: String)] = []
        func compare(_ key: String, _ value: (LiveSettings) -> String) {
            if value(self) != value(other) { all.append((key, value(self), value(other))) }
        }
        compare("retain.days") { "\($0.retentionDays)" }
        compare("retain.hold_days") { "\($0.holdDays)" }
        compare("retain.hold_megabytes") { "\($0.holdMegabytes)" }
        compare("retain.every") { $0.retainEvery.map { "\($0)s" } ?? "never" }
        compare("compact.every") { $0.compactEvery.map { "\($0)s" } ?? "never" }
        compare("serve.origins") { $0.origins.joined(separator: ",") }
        compare("serve.beacons_per_minute") { "\($0.beaconsPerMinute)" }
        compare("serve.requests_per_minute") { $0.requestsPerMinute.map { "\($0)" } ?? "any" }
        if chatbotSecret != other.chatbotSecret { all.append(("serve.chatbot_secret", "***", "***")) }
        return all
    }
}
