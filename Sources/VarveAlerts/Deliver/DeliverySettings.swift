public import VarveOutbound

/// How alerts leave.
public struct DeliverySettings: Sendable {
    public var channels: [ChannelSettings] = []
    /// Who is told of what.
    public var routing = AlertRouting()
    public var addresses = AddressRules()
    /// Where people look.
    public var dashboard: String?
    /// Asked once a minute for as long as rules are evaluated: a service that misses it says that nobody watches.
    public var heartbeat: Secret?
    public var backoff = Backoff()

    public init() {}

    /// The channel `name`; `console` is always there.
    func channel(_ name: String) -> ChannelSettings? {
        channels.first { $0.name == name } ?? (name == "console" ? .console : nil)
    }
}
