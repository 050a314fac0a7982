public import VarveSettings
public import VarveWire

/// A listener beside the HTTP port, as `listeners:` in varve.yaml has it.
public struct ListenerSettings: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        /// RFC 5424 and RFC 3164, over UDP and TCP.
        case syslog
        /// Graylog's GELF, over UDP and TCP.
        case gelf
        /// StatsD and DogStatsD, over UDP.
        case statsd
        /// Fluentd's forward protocol, over TCP.
        case fluent
    }

    public enum Transport: String, Sendable {
        case udp, tcp
    }

    public var kind: Kind
    public var transport: Transport
    public var address: ListenAddress
    /// The zone of times without one, as syslog's older format has them.
    public var zone: TimeZoneRule
    /// Bytes of one message at most.
    public var messageBytes: Int
    /// Bytes of messages that wait for the log at most.
    public var waitingBytes: Int

    /// Bytes of one message, where the settings name no other.
    public static let usualMessageBytes = 1 << 20
    /// Bytes that wait, where the settings name no other.
    public static let usualWaitingBytes = 16 << 20

    public init(_ kind: Kind, _ transport: Transport, _ address: ListenAddress) {
        (self.kind, self.transport, self.address) = (kind, transport, address)
        zone = .utcZone
        messageBytes = Self.usualMessageBytes
        waitingBytes = Self.usualWaitingBytes
    }

    /// The listener's address as its settings have it.
    public var url: String { "\(transport.rawValue)://\(address)" }

    /// Reads `listeners: [{kind: syslog, address: udp://127.0.0.1:5514}]`.
    public static func read(_ node: SettingsNode) throws(SettingsError) -> [ListenerSettings] {
        var all: [ListenerSettings] = []
        for item in try node.items() {
            let listener = try one(item)
            guard
                !all.contains(where: { $0.transport == listener.transport && $0.address == listener.address })
                    || listener.address.port == 0
            else { throw item.error(.badValue, "\(listener.url) is listened at twice") }
            all.append(listener)
        }
        return all
    }

    private static func one(_ node: SettingsNode) throws(SettingsError) -> ListenerSettings {
        let map = try node.mapping(keys: ["kind", "address", "zone", "message_bytes", "waiting_bytes"])
        let kind = try map.required("kind").choice(Kind.self)
        let place = try map.required("address")
        let text = try place.string()
        guard let end = text.firstRange(of: "://"), let transport = Transport(rawValue: String(text[..<end.lowerBound])),
            let address = ListenAddress(String(text[end.upperBound...]))
        else { throw place.error(.badValue, "an address is udp://HOST:PORT or tcp://HOST:PORT, not '\(text)'") }
        guard kind.transports.contains(transport) else {
            throw place.error(.badValue, "\(kind.rawValue) is not received over \(transport.rawValue)")
        }
        var listener = ListenerSettings(kind, transport, address)
        if let node = map["zone"] {
            let text = try node.string()
            guard let zone = TimeZoneRule(text) else {
                throw node.error(.badValue, "'\(text)' is no zone: UTC, +02:00 or Europe/Berlin")
            }
            listener.zone = zone
        }
        listener.messageBytes = try map["message_bytes"]?.int(in: 1_024...(16 << 20)) ?? usualMessageBytes
        listener.waitingBytes = try map["waiting_bytes"]?.int(in: (64 << 10)...(1 << 30)) ?? usualWaitingBytes
        return listener
    }
}

extension ListenerSettings.Kind {
    var transports: [ListenerSettings.Transport] {
        switch self {
        case .syslog, .gelf: [.udp, .tcp]
        case .statsd: [.udp]
        case .fluent: [.tcp]
        }
    }

    var format: InputFormat {
        switch self {
        case .syslog: .syslog
        case .gelf: .gelf
        case .statsd: .statsd
        case .fluent: .fluent
        }
    }
}

extension TimeZoneRule {
    /// Falls back to itself: the text is a zone.
    fileprivate static var utcZone: TimeZoneRule {
        guard let zone = TimeZoneRule("UTC") else { preconditionFailure("UTC is a zone") }
        return zone
    }
}
