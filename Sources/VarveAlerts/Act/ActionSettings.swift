public import VarveOutbound
public import VarveSettings

/// What an alert may set going: a program of a fixed path and fixed arguments, or a signed request. Rules name actions; what they
/// are stands in the settings alone.
///
///     actions:
///       restart: {command: [/usr/local/bin/restart-worker, --now], timeout: 30s, per_hour: 4, verify_after: 5m,
///                 escalate: [phone]}
///       scale: {url: "https://scale.example.org/up", key_file: /etc/varve/scale-key, dry_run: true}
public struct ActionSettings: Sendable {
    public enum Kind: Sendable {
        case command([String])
        case webhook(Secret)
    }

    public var name: String
    public var kind: Kind
    /// With which requests are signed.
    public var key: Secret?
    public var timeoutSeconds = 30.0
    /// Runs in an hour at most; further ones are left out.
    public var perHour = 12
    /// Only recorded.
    public var isDry = false
    /// After so many failures in a row nothing is run for `breakerSeconds`.
    public var breaker = 3
    public var breakerSeconds = 3_600.0
    /// How long after it the alert must be over for it to have helped; nil where that is not looked at. Nanoseconds.
    public var verifyAfter: Int64?
    /// Who is told when it did not help or could not be run.
    public var escalation: [String] = []

    /// Reads `actions`.
    public static func read(
        _ node: SettingsNode, channels: Set<String>, file: (String) throws -> String, variable: (String) -> String?
    ) throws(SettingsError) -> [ActionSettings] {
        var all: [ActionSettings] = []
        for entry in try node.entries() {
            let map = try entry.value.mapping(keys: [
                "command", "url", "url_file", "key", "key_file", "timeout", "per_hour", "dry_run", "breaker", "breaker_for",
                "verify_after", "escalate",
            ])
            let url = try ChannelSettings.secret("url", map, file, variable)
            let kind: Kind
            switch (try map["command"].map(RuleReader.names), url) {
            case (let words?, nil):
                guard let program = words.first, program.hasPrefix("/") else {
                    throw entry.value.error(.badValue, "a command is a list: a program's whole path, and its arguments")
                }
                kind = .command(words)
            case (nil, let url?): kind = .webhook(url)
            default: throw entry.value.error(.badValue, "an action has a command or a url, one of them")
            }
            var action = ActionSettings(name: entry.key, kind: kind)
            action.key = try ChannelSettings.secret("key", map, file, variable)
            if let node = map["timeout"] {
                action.timeoutSeconds = Double(try RuleDuration.read(node)) / 1e9
                guard (1...3_600).contains(action.timeoutSeconds) else { throw node.error(.badValue, "a timeout is 1s to 1h") }
            }
            action.perHour = try map["per_hour"]?.int(in: 1...1_000) ?? action.perHour
            action.isDry = try map["dry_run"]?.bool() ?? false
            action.breaker = try map["breaker"]?.int(in: 1...100) ?? action.breaker
            if let node = map["breaker_for"] { action.breakerSeconds = Double(try RuleDuration.read(node)) / 1e9 }
            if let node = map["verify_after"] { action.verifyAfter = try RuleDuration.read(node) }
            if let node = map["escalate"] {
                action.escalation = try RuleReader.names(node)
                for name in action.escalation where !channels.contains(name) && name != "console" {
                    throw node.error(.badValue, "there is no channel \"\(name.prefix(60))\"")
                }
            }
            all.append(action)
        }
        return all
    }

    private init(name: String, kind: Kind) { (self.name, self.kind) = (name, kind) }
}
