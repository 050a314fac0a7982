import ArgumentParser
import Foundation
import VarveAlerts
import VarveDisk
import VarveOutbound
import VarveServer
import VarveSettings

/// What is set for a data directory: by flags first, then the environment (`VARVE_SECTION_KEY`), then `varve.yaml`.
struct Configuration {
    /// A value, and who said it.
    struct Entry {
        var value: ConfigurationValue
        var source: String
    }

    private(set) var entries: [String: Entry] = [:]
    /// Where alerts go.
    private(set) var channels: [ChannelSettings] = []

    /// Reads `file`, else `varve.yaml` in the data directory where there is one, and the environment.
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

    /// Whether there is nothing but comments: a file as `varve init` writes it.
    private static func isEmpty(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).allSatisfy { line in
            line.allSatisfy(\.isWhitespace) || line.drop(while: \.isWhitespace).hasPrefix("#")
        }
    }

    private mutating func read(_ node: SettingsNode) throws(SettingsError) {
        let sections = Dictionary(grouping: ConfigurationKey.all, by: \.section)
        let map = try node.mapping(keys: sections.keys.sorted() + ["channels"])
        if let node = map["channels"] {
            let environment = ProcessInfo.processInfo.environment
            channels = try ChannelSettings.read(
                node, file: { try SettingsText.read($0, option: "channels") }, variable: { environment[$0] })
        }
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
                    throw node.error(.badValue, "\(key.path) stands there too: give one of them")
                }
                entries[key.path + "_file"] = Entry(value: .text(try node.string()), source: Self.place(node))
            }
        }
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

    /// Secrets that stand in files of their own.
    private mutating func readFiles() throws {
        for key in ConfigurationKey.all {
            guard let entry = entries[key.path + "_file"], case .text(let file) = entry.value else { continue }
            let text = try SettingsText.read(file, option: key.path + "_file")
            let secret = Substring(text.split(whereSeparator: \.isNewline).first ?? "").trimmed
            guard !secret.isEmpty else { throw CommandFailure(.configuration, "the file is empty", place: file) }
            entries[key.path] = Entry(value: .text(secret), source: file)
        }
    }

    // MARK: What commands ask

    func text(_ path: String) -> String? { if case .text(let text)? = entries[path]?.value { text } else { nil } }
    func list(_ path: String) -> [String]? { if case .list(let list)? = entries[path]?.value { list } else { nil } }
    func number(_ path: String) -> Int? { if case .number(let number)? = entries[path]?.value { number } else { nil } }

    /// Seconds, by the default where nothing is said; nil for never.
    private func interval(_ path: String, _ usual: Int) -> Int? {
        if case .interval(let seconds)? = entries[path]?.value { seconds } else { usual }
    }

    /// `all`, or names separated by commas.
    var views: String? { list("project.views")?.joined(separator: ",") }
    var onPoison: ProjectRun.OnPoison? { text("project.on_poison").flatMap { ProjectRun.OnPoison(rawValue: $0) } }
    var days: Int? { number("retain.days") }
    var holdDays: Int? { number("retain.hold_days") }
    var listen: String? { text("serve.listen") }
    /// PEM files.
    var certificate: String? { text("serve.certificate") }
    var certificateKey: String? { text("serve.certificate_key") }

    /// How alerts are told.
    func alerts() throws -> AlertOptions {
        var options = AlertOptions()
        options.delivery.channels = channels
        options.delivery.dashboard = text("delivery.dashboard_url")
        options.delivery.heartbeat = text("delivery.heartbeat_url").map { Secret($0) }
        let blocks = try (list("delivery.allow_cidrs") ?? []).map { text in
            guard let block = AddressBlock(text) else {
                throw CommandFailure(.configuration, "delivery.allow_cidrs: '\(text)' is no block of addresses, as 10.0.0.0/8")
            }
            return block
        }
        options.delivery.addresses = AddressRules(allow: blocks)
        return options
    }

    /// What a running server takes at SIGHUP.
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

/// `--config`, of the commands that have settings.
struct ConfigOption: ParsableArguments {
    @Option(help: ArgumentHelp("Settings; by default varve.yaml in the data directory.", valueName: "file")) var config: String?
}
