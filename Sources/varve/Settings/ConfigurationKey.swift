import VarveSettings

/// One setting: where it stands, what it may be, and what it is when nobody says anything.
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
        /// A text that is never shown. `NAME_file` names a file that holds it.
        case secret
    }

    var section: String
    var name: String
    var kind: Kind
    /// As it would stand in the file; nil for nothing.
    var usual: String?
    var meaning: String
    /// Whether a running server takes a new value at SIGHUP.
    var isLive = false

    var path: String { section + "." + name }
    var environment: String { "VARVE_" + path.uppercased().replacing(".", with: "_") }

    private init(_ section: String, _ name: String, _ kind: Kind, _ usual: String?, _ meaning: String, isLive: Bool = false) {
        (self.section, self.name, self.kind, self.usual) = (section, name, kind, usual)
        (self.meaning, self.isLive) = (meaning, isLive)
    }

    /// All settings, in the order in which they are shown. Whoever adds one reads it in `Configuration`.
    static let all: [ConfigurationKey] = project + retention + serve + delivery

    private static let project: [ConfigurationKey] = [
        .init(
            "project", "views", .list, nil,
            "Which views varve project keeps: names, or all; by default those whose signals occur, and your own."),
        .init(
            "project", "on_poison", .choice(["pause", "park"]), "pause", "What it does before an event that a view cannot take."),
    ]

    private static let retention: [ConfigurationKey] = [
        .init("retain", "days", .number(0...36_500), "30", "How long an event stays.", isLive: true),
        .init(
            "retain", "hold_days", .number(0...36_500), "7", "How much longer it waits for a projector that has not read it.",
            isLive: true),
        .init(
            "retain", "hold_megabytes", .number(0...1_073_741_824), "8192",
            "How many MiB past the limit wait for a projector; beyond that the oldest go.", isLive: true),
        .init(
            "retain", "every", .interval, "1h", "How often varve serve removes what is past the limit.", isLive: true),
        .init(
            "compact", "every", .interval, "1h", "How often varve serve rewrites sealed segments to be smaller.", isLive: true),
    ]

    private static let serve: [ConfigurationKey] = [
        .init("serve", "listen", .text, "127.0.0.1:8430", "Where varve serve listens."),
        .init("serve", "certificate", .text, nil, "A PEM file with the certificate chain; without one it speaks plain HTTP."),
        .init("serve", "certificate_key", .text, nil, "A PEM file with the certificate's key."),
        .init(
            "serve", "origins", .list, nil,
            "Pages that may send what browsers measure, by their origin (https://example.org), or '*' for all.", isLive: true),
        .init(
            "serve", "beacons_per_minute", .number(1...1_000_000), "600", "Such requests a minute from one address.",
            isLive: true),
        .init(
            "serve", "requests_per_minute", .number(1...100_000_000), nil,
            "Requests a minute of one token, or of one address without tokens; by default any number.", isLive: true),
        .init(
            "serve", "chatbot_secret", .secret, nil,
            "What a chatbot shows in X-Varve-Secret to send events without a token.", isLive: true),
    ]

    private static let delivery: [ConfigurationKey] = [
        .init(
            "delivery", "allow_cidrs", .list, nil,
            "Private and local addresses that messages may go to, as 10.0.0.0/8; by default none."),
        .init("delivery", "dashboard_url", .text, nil, "Where people look; messages link it."),
        .init(
            "delivery", "heartbeat_url", .secret, nil,
            "What is asked once a minute as long as rules are evaluated: who misses it knows that nobody watches."),
    ]

    /// The value in a text, as the environment and a default have it; a sentence about what it must be otherwise.
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

    /// The value of a node.
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

/// What a setting must be, where it is not.
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
    /// Without blanks at its ends.
    var trimmed: String {
        let start = drop { $0 == " " }
        return String(start.reversed().drop { $0 == " " }.reversed())
    }
}
