import VarveSettings

/// One setting: its name, its type, and its default.
struct ConfigurationKey: Sendable {
    enum Kind: Sendable {
        case text
        /// One or more texts; in the environment they are separated by commas.
        case list
        case number(ClosedRange<Int>)
        /// `90s`, `15m`, `1h`, `2d`, or `never`.
        case interval
        case choice([String])
        case flag
        /// A text that is never shown. `NAME_file` names a file that contains it.
        case secret
    }

    var section: String
    var name: String
    var kind: Kind
    /// The default, as written in the file; nil for none.
    var usual: String?
    var meaning: String
    /// Whether a running server reloads it at SIGHUP.
    var isLive = false

    var path: String { section + "." + name }
    var environment: String { "VARVE_" + path.uppercased().replacing(".", with: "_") }

    private init(_ section: String, _ name: String, _ kind: Kind, _ usual: String?, _ meaning: String, isLive: Bool = false) {
        (self.section, self.name, self.kind, self.usual) = (section, name, kind, usual)
        (self.meaning, self.isLive) = (meaning, isLive)
    }

    /// All settings, in display order. A new setting must also be read in `Configuration`.
    static let all: [ConfigurationKey] = project + retention + serve + delivery

    private static let project: [ConfigurationKey] = [
        .init(
            "project", "views", .list, nil,
            "The views that varve project maintains: names, or all; default: those whose signals occur, and custom views."),
        .init(
            "project", "on_poison", .choice(["pause", "park"]), "pause",
            "For an event that a view cannot fold: pause before it, or park it."),
    ]

    private static let retention: [ConfigurationKey] = [
        .init("retain", "days", .number(0...36_500), "30", "The number of days to keep an event.", isLive: true),
        .init(
            "retain", "hold_days", .number(0...36_500), "7", "Extra days to keep an event that a projector has not read.",
            isLive: true),
        .init(
            "retain", "hold_megabytes", .number(0...1_073_741_824), "8192",
            "MiB past the limit to keep for a projector; beyond that the oldest are removed.", isLive: true),
        .init(
            "retain", "system_days", .number(30...36_500), "365",
            "The number of days to keep Varve's own events: notifications, actions, and who did what."),
        .init(
            "retain", "every", .interval, "1h", "How often varve serve removes events past the limit.", isLive: true),
        .init(
            "compact", "every", .interval, "1h", "How often varve serve rewrites sealed segments to be smaller.", isLive: true),
    ]

    private static let serve: [ConfigurationKey] = [
        .init("serve", "listen", .text, "127.0.0.1:8430", "The address that varve serve listens on."),
        .init(
            "serve", "otlp", .text, nil,
            "A further address for OTLP, or off; default: 127.0.0.1:4318 if it is free and listen is on loopback."),
        .init(
            "serve", "grpc", .text, nil,
            "An address for OTLP over gRPC, or off; default: 127.0.0.1:4317 as otlp, in a build with the trait GRPC."),
        .init("serve", "certificate", .text, nil, "A PEM file with the certificate chain; without one, plain HTTP is served."),
        .init("serve", "certificate_key", .text, nil, "A PEM file with the certificate's key; SIGHUP reads both again."),
        .init(
            "serve", "client_authority", .text, nil,
            "A PEM file with the authority whose certificates clients have to show; without one, none is asked for."),
        .init(
            "serve", "profile", .choice(["all", "chatbot"]), "all",
            "The pages and paths of varve serve; chatbot leaves out errors, alert rules, business reports and predictions."),
        .init(
            "serve", "hide", .list, nil, "Paths that varve serve leaves out, such as /business, with everything below them."),
        .init(
            "serve", "origins", .list, nil,
            "Origins of pages that may send browser beacons (https://example.org), or '*' for all.", isLive: true),
        .init(
            "serve", "beacons_per_minute", .number(1...1_000_000), "600",
            "The limit of beacon requests per minute from one address.", isLive: true),
        .init(
            "serve", "requests_per_minute", .number(1...100_000_000), nil,
            "The limit of requests per minute for one token, or one address without tokens; default: none.", isLive: true),
        .init(
            "serve", "chatbot_secret", .secret, nil,
            "The value of X-Varve-Secret with which a chatbot may send events without a token.", isLive: true),
    ]

    private static let delivery: [ConfigurationKey] = [
        .init(
            "delivery", "allow_cidrs", .list, nil,
            "Private and local addresses that messages may be sent to, such as 10.0.0.0/8; by default none."),
        .init("delivery", "dashboard_url", .text, nil, "The dashboard that messages link to."),
        .init(
            "delivery", "heartbeat_url", .secret, nil,
            "The URL requested once a minute while rules are evaluated: a dead-man switch."),
    ]

    /// Parses a value from the environment or a default; otherwise returns what it must be.
    func read(_ text: String) -> Result<ConfigurationValue, ConfigurationMistake> {
        switch kind {
        case .text, .secret: return text.isEmpty ? .failure(.init("some text")) : .success(.text(text))
        case .list: return .success(.list(text.split(separator: ",").map { $0.trimmed }))
        case .number(let range):
            guard let number = Int(text), range.contains(number) else {
                return .failure(.init("\(range.lowerBound) to \(range.upperBound)"))
            }
            return .success(.number(number))
        case .interval: return Self.interval(text)
        case .choice(let words):
            return words.contains(text) ? .success(.text(text)) : .failure(.init(words.joined(separator: " or ")))
        case .flag:
            return text == "true" || text == "false" ? .success(.flag(text == "true")) : .failure(.init("true or false"))
        }
    }

    /// Parses a value from the settings file.
    func read(_ node: SettingsNode) throws(SettingsError) -> ConfigurationValue {
        switch kind {
        case .list: return .list(try node.oneOrMore().map { item throws(SettingsError) in try item.string() })
        case .number(let range): return .number(try node.int(in: range))
        case .flag: return .flag(try node.bool())
        case .text, .secret, .interval, .choice:
            let text = try node.string()
            switch read(text) {
            case .success(let value): return value
            case .failure(let mistake): throw node.error(.badValue, "\(path) must be \(mistake.allowed), not '\(text)'")
            }
        }
    }

    private static func interval(_ text: String) -> Result<ConfigurationValue, ConfigurationMistake> {
        if text == "never" { return .success(.interval(nil)) }
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()), (1...1_000_000).contains(count)
        else {
            return .failure(.init("a time such as 90s, 15m, 1h or 2d, or never"))
        }
        return .success(.interval(count * unit))
    }
}

/// What an invalid setting must be.
struct ConfigurationMistake: Error {
    var allowed: String
    init(_ allowed: String) { self.allowed = allowed }
}

enum ConfigurationValue: Hashable, Sendable {
    case text(String)
    case list([String])
    case number(Int)
    /// Seconds; nil for never.
    case interval(Int?)
    case flag(Bool)
}

extension Substring {
    /// Without leading and trailing blanks.
    var trimmed: String {
        let start = drop { $0 == " " }
        return String(start.reversed().drop { $0 == " " }.reversed())
    }
}
