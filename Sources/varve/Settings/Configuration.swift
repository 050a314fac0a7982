import ArgumentParser
import Foundation
import VarveAlerts
import VarveDisk
import VarveOutbound
import VarveServer
import VarveSettings

/// The settings of a data directory: flags take precedence over the environment (`VARVE_SECTION_KEY`), which takes precedence
/// over `varve.yaml`.
struct Configuration {
    /// A value and its source.
    struct Entry {
        var value: ConfigurationValue
        var source: String
    }

    private(set) var entries: [String: Entry] = [:]
    /// Listeners beside the HTTP port.
    private(set) var listeners: [ListenerSettings] = []
    /// What is sent to other systems.
    private(set) var forwards: [ForwardSettings] = []
    /// Where alerts go.
    private(set) var channels: [ChannelSettings] = []
    /// Who is told of what.
    private(set) var routing = AlertRouting()
    private(set) var incidents = IncidentSettings()
    private(set) var actions: [ActionSettings] = []

    /// Reads `file`, or else the data directory's `varve.yaml` if there is one, and the environment.
    static func load(_ file: String?, at data: String) throws -> Configuration {
        var configuration = Configuration()
        let path = file ?? "\(data)/varve.yaml"
        if try file != nil || RealDisk().kind(path) == .file {
            let text = try SettingsText.read(path, option: "--config")
            if !isEmpty(text) { try configuration.read(SettingsNode.parse(text, file: path)) }
        }
        try configuration.read(ProcessInfo.processInfo.environment)
        try configuration.readFiles()
        return configuration
    }

    /// Whether the file has only comments, as `varve init` writes it.
    private static func isEmpty(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).allSatisfy { line in
            line.allSatisfy(\.isWhitespace) || line.drop(while: \.isWhitespace).hasPrefix("#")
        }
    }

    private mutating func read(_ node: SettingsNode) throws(SettingsError) {
        let sections = Dictionary(grouping: ConfigurationKey.all, by: \.section)
        let more = ["actions", "channels", "forward", "incidents", "listeners", "routing"]
        let map = try node.mapping(keys: sections.keys.sorted() + more)
        if let node = map["forward"] { forwards = try ForwardSettings.read(node, file: Self.secret) }
        if let node = map["listeners"] { listeners = try ListenerSettings.read(node) }
        if let node = map["channels"] {
            let environment = ProcessInfo.processInfo.environment
            channels = try ChannelSettings.read(
                node, file: { try SettingsText.read($0, option: "channels") }, variable: { environment[$0] })
        }
        if let node = map["actions"] {
            let environment = ProcessInfo.processInfo.environment
            actions = try ActionSettings.read(
                node, channels: Set(channels.map(\.name)), file: { try SettingsText.read($0, option: "actions") },
                variable: { environment[$0] })
        }
        if let node = map["incidents"] { incidents = try IncidentSettings.read(node) }
        if let node = map["routing"] { routing = try AlertRouting.read(node, channels: Set(channels.map(\.name))) }
        for (section, keys) in sections {
            var names = keys.map(\.name)
            for key in keys { if case .secret = key.kind { names.append(key.name + "_file") } }
            guard let inner = try map[section]?.mapping(keys: names) else { continue }
            for key in keys {
                if let node = inner[key.name] {
                    entries[key.path] = Entry(value: try key.read(node), source: Self.place(node))
                }
                guard case .secret = key.kind, let node = inner[key.name + "_file"] else { continue }
                guard inner[key.name] == nil else {
                    throw node.error(.badValue, "\(key.path) is also given: give only one")
                }
                entries[key.path + "_file"] = Entry(value: .text(try node.string()), source: Self.place(node))
            }
        }
    }

    /// The first line of a file that holds a secret.
    private static func secret(_ path: String) throws(SettingsError) -> String {
        let text: String
        do { text = try SettingsText.read(path, option: "forward") } catch {
            throw SettingsError(.badValue, "the file \(path) of a secret cannot be read", file: path, line: 1, column: 1)
        }
        return Substring(text.split(whereSeparator: \.isNewline).first ?? "").trimmed
    }

    private static func place(_ node: SettingsNode) -> String { "\(node.file):\(node.line):\(node.column)" }

    private mutating func read(_ environment: [String: String]) throws {
        for key in ConfigurationKey.all {
            if let text = environment[key.environment] {
                switch key.read(text) {
                case .success(let value): entries[key.path] = Entry(value: value, source: key.environment)
                case .failure(let mistake):
                    throw CommandFailure(.configuration, "the environment's \(key.environment) must be \(mistake.allowed)")
                }
                entries[key.path + "_file"] = nil
            }
            guard case .secret = key.kind, let file = environment[key.environment + "_FILE"] else { continue }
            entries[key.path] = nil
            entries[key.path + "_file"] = Entry(value: .text(file), source: key.environment + "_FILE")
        }
    }

    /// Reads secrets from the files that settings name.
    private mutating func readFiles() throws {
        for key in ConfigurationKey.all {
            guard let entry = entries[key.path + "_file"], case .text(let file) = entry.value else { continue }
            let text = try SettingsText.read(file, option: key.path + "_file")
            let secret = Substring(text.split(whereSeparator: \.isNewline).first ?? "").trimmed
            guard !secret.isEmpty else { throw CommandFailure(.configuration, "the file is empty", place: file) }
            entries[key.path] = Entry(value: .text(secret), source: file)
        }
    }

    // MARK: Values for commands

    func text(_ path: String) -> String? { if case .text(let text)? = entries[path]?.value { text } else { nil } }
    func list(_ path: String) -> [String]? { if case .list(let list)? = entries[path]?.value { list } else { nil } }
    func number(_ path: String) -> Int? { if case .number(let number)? = entries[path]?.value { number } else { nil } }

    /// An interval in seconds, or the default if not set; nil for never.
    private func interval(_ path: String, _ usual: Int) -> Int? {
        if case .interval(let seconds)? = entries[path]?.value { seconds } else { usual }
    }

    /// `all`, or comma-separated names.
    var views: String? { list("project.views")?.joined(separator: ",") }
    var onPoison: ProjectRun.OnPoison? { text("project.on_poison").flatMap { ProjectRun.OnPoison(rawValue: $0) } }
    var days: Int? { number("retain.days") }
    var holdDays: Int? { number("retain.hold_days") }
    var listen: String? { text("serve.listen") }
    /// PEM files.
    var certificate: String? { text("serve.certificate") }
    var clientAuthority: String? { text("serve.client_authority") }
    var certificateKey: String? { text("serve.certificate_key") }

    /// Where OTLP is taken beside the server's port.
    func otlp() throws -> OTLPListening {
        guard let text = text("serve.otlp") else { return .whenFree }
        if text == "off" { return .never }
        guard let address = ListenAddress(text) else {
            throw CommandFailure(.configuration, "serve.otlp: '\(text)' is neither an address such as 127.0.0.1:4318 nor off")
        }
        return .at(address)
    }

    /// Which pages and paths are shown.
    var profile: ServerProfile { text("serve.profile").flatMap { ServerProfile(rawValue: $0) } ?? .all }

    /// Paths that are left out beside those of the profile.
    func hiddenPaths() throws -> [String] {
        let paths = list("serve.hide") ?? []
        for path in paths where !path.hasPrefix("/") || path.allSatisfy({ $0 == "/" }) {
            throw CommandFailure(.configuration, "serve.hide: '\(path)' is not a path such as /business")
        }
        return paths
    }

    /// The delivery of alerts.
    func alerts() throws -> AlertOptions {
        var options = AlertOptions()
        options.delivery.channels = channels
        options.delivery.routing = routing
        (options.incidents, options.actions) = (incidents, actions)
        options.delivery.dashboard = text("delivery.dashboard_url")
        options.delivery.heartbeat = text("delivery.heartbeat_url").map { Secret($0) }
        let blocks = try (list("delivery.allow_cidrs") ?? []).map { text in
            guard let block = AddressBlock(text) else {
                throw CommandFailure(
                    .configuration, "delivery.allow_cidrs: '\(text)' is not a block of addresses such as 10.0.0.0/8")
            }
            return block
        }
        options.delivery.addresses = AddressRules(allow: blocks)
        options.systemDays = number("retain.system_days") ?? options.systemDays
        return options
    }

    /// The settings that a running server reloads at SIGHUP.
    var live: LiveSettings {
        var live = LiveSettings()
        live.retentionDays = days ?? live.retentionDays
        live.holdDays = holdDays ?? live.holdDays
        live.holdMegabytes = number("retain.hold_megabytes") ?? live.holdMegabytes
        live.retainEvery = interval("retain.every", 3_600)
        live.compactEvery = interval("compact.every", 3_600)
        live.origins = list("serve.origins") ?? []
        live.beaconsPerMinute = number("serve.beacons_per_minute") ?? live.beaconsPerMinute
        live.requestsPerMinute = number("serve.requests_per_minute")
        live.chatbotSecret = text("serve.chatbot_secret")
        return live
    }
}

/// `--config`, for commands that have settings.
struct ConfigOption: ParsableArguments {
    @Option(help: ArgumentHelp("Settings file; default: varve.yaml in the data dir.", valueName: "file")) var config: String?
}
