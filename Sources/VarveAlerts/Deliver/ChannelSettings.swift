public import VarveOutbound
public import VarveSettings

/// A channel: where messages go, and how. Settings name files and variables for what is secret, or hold it themselves.
///
///     channels:
///       slack: {kind: slack, url_file: /etc/varve/slack}
///       ops: {kind: webhook, url: "https://ops.example.org/hook", per_minute: 60, fallback: email}
///       email: {kind: email, url: "smtp://mail.example.org:587", user: varve, password_file: /etc/varve/mail,
///               from: varve@example.org, to: [ops@example.org]}
public struct ChannelSettings: Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        case webhook, slack, teams, discord, ntfy, pagerduty, alertmanager, email, console
    }

    public var name: String
    public var kind: Kind
    /// Where requests go; of mail the address of the server.
    public var url: Secret?
    /// PagerDuty's routing key.
    public var key: Secret?
    /// A bot's token at Slack, with which a message can be changed later, and the conversation that it writes to.
    public var token: Secret?
    public var conversation = ""
    /// Sent with requests.
    public var headers: [(name: String, value: Secret)] = []
    /// Mail.
    public var from = ""
    public var to: [String] = []
    /// The program that takes mail, where no server is named.
    public var sendmail = "/usr/sbin/sendmail"
    /// The server that takes mail.
    public var smtp: SMTPServer?
    /// Messages a minute; more wait.
    public var perMinute = 30
    /// The channel that is told when this one cannot be.
    public var fallback: String?

    private static let keys = [
        "kind", "url", "url_file", "key", "key_file", "headers", "from", "to", "sendmail", "per_minute", "fallback", "user",
        "password", "password_file", "tls", "ca_file", "token", "token_file", "channel",
    ]

    /// Reads `channels`. Files are read by `file`, and `${NAME}` is what `variable` says.
    public static func read(
        _ node: SettingsNode, file: (String) throws -> String, variable: (String) -> String?
    ) throws(SettingsError) -> [ChannelSettings] {
        var all: [ChannelSettings] = []
        for entry in try node.entries() {
            let map = try entry.value.mapping(keys: keys)
            var channel = ChannelSettings(name: entry.key, kind: try map.required("kind").choice(Kind.self))
            channel.url = try secret("url", map, file, variable)
            channel.key = try secret("key", map, file, variable)
            channel.token = try secret("token", map, file, variable)
            channel.conversation = try map["channel"]?.string() ?? ""
            for header in try map["headers"]?.entries() ?? [] {
                channel.headers.append((header.key, Secret(try expanded(header.value, variable))))
            }
            channel.from = try map["from"]?.string() ?? ""
            for item in try map["to"]?.oneOrMore() ?? [] { channel.to.append(try item.string()) }
            channel.sendmail = try map["sendmail"]?.string() ?? channel.sendmail
            channel.perMinute = try map["per_minute"]?.int(in: 1...100_000) ?? channel.perMinute
            channel.fallback = try map["fallback"]?.string()
            try channel.check(map)
            if channel.kind == .email { try channel.readServer(map, file, variable) }
            all.append(channel)
        }
        for channel in all {
            guard let fallback = channel.fallback else { continue }
            guard all.contains(where: { $0.name == fallback }), fallback != channel.name else {
                throw node.error(.badValue, "channel \(channel.name) falls back to \"\(fallback)\", which is no other channel")
            }
        }
        return all
    }

    private init(name: String, kind: Kind) { (self.name, self.kind) = (name, kind) }

    /// The channel that is always there: what it is told goes to standard error (F37–F40).
    public static let console = ChannelSettings(name: "console", kind: .console)

    private mutating func check(_ map: SettingsMapping) throws(SettingsError) {
        if kind != .slack, let node = map["token"] ?? map["token_file"] ?? map["channel"] {
            throw node.error(.badValue, "only a channel of the kind slack has a token and a channel")
        }
        switch kind {
        case .slack where token != nil || !conversation.isEmpty:
            if token == nil { throw map.node.error(.missingKey, "\(map.node.name) needs token or token_file") }
            if conversation.isEmpty { throw map.node.error(.missingKey, "\(map.node.name) needs channel") }
        case .webhook, .slack, .teams, .discord, .ntfy, .alertmanager:
            if url == nil { throw map.node.error(.missingKey, "\(map.node.name) needs url or url_file") }
        case .pagerduty:
            if key == nil { throw map.node.error(.missingKey, "\(map.node.name) needs key or key_file") }
            url = url ?? Secret("https://events.pagerduty.com/v2/enqueue")
        case .email:
            if to.isEmpty { throw map.node.error(.missingKey, "\(map.node.name) needs to") }
            if from.isEmpty { throw map.node.error(.missingKey, "\(map.node.name) needs from") }
            for address in to + [from] where !MailAddress.isOne(address) {
                throw map.node.error(.badValue, "\"\(address.prefix(60))\" is no mail address")
            }
        case .console: break
        }
    }

    static func secret(
        _ name: String, _ map: SettingsMapping, _ file: (String) throws -> String, _ variable: (String) -> String?
    ) throws(SettingsError) -> Secret? {
        if let node = map[name] {
            if let other = map["\(name)_file"] {
                throw other.error(.badValue, "\(name) and \(name)_file are one thing; give one")
            }
            return Secret(try expanded(node, variable))
        }
        guard let node = map["\(name)_file"] else { return nil }
        let path = try node.string()
        guard let text = try? file(path) else { throw node.error(.badValue, "the file \(path) cannot be read") }
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard !line.isEmpty else { throw node.error(.badValue, "the file \(path) is empty") }
        return Secret(line)
    }

    /// `${NAME}` replaced, once, by what the environment says.
    private static func expanded(_ node: SettingsNode, _ variable: (String) -> String?) throws(SettingsError) -> String {
        var rest = Substring(try node.string())
        var text = ""
        while let start = rest.firstRange(of: "${") {
            text += rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            guard let end = rest.firstIndex(of: "}") else { throw node.error(.badValue, "\(node.name) has ${ without }") }
            let name = String(rest[..<end])
            guard let value = variable(name) else { throw node.error(.badValue, "the environment has no \(name)") }
            text += value
            rest = rest[rest.index(after: end)...]
        }
        return text + rest
    }
}
