import ArgumentParser
import Foundation
import VarveDisk
import VarveSettings

/// What is set for a data directory: by flags first, then the environment (`VARVE_SECTION_KEY`), then `varve.yaml`.
struct Configuration {
    /// `project.views`: `all`, or names separated by commas.
    var views: String?
    /// `project.on_poison`.
    var onPoison: ProjectRun.OnPoison?
    /// `retain.days` and `retain.hold_days`.
    var days: Int?
    var holdDays: Int?
    /// `serve.listen`, and the PEM files `serve.certificate` and `serve.certificate_key`.
    var listen: String?
    var certificate: String?
    var certificateKey: String?

    private static let keys = [
        "project": ["views", "on_poison"], "retain": ["days", "hold_days"],
        "serve": ["listen", "certificate", "certificate_key"],
    ]

    /// Reads `file`, else `varve.yaml` in the data directory where there is one, and the environment.
    static func load(_ file: String?, at data: String) throws -> Configuration {
        var configuration = Configuration()
        let path = file ?? "\(data)/varve.yaml"
        if try file != nil || RealDisk().kind(path) == .file {
            let text = try SettingsText.read(path, option: "--config")
            if !isEmpty(text) { try configuration.read(SettingsNode.parse(text, file: path)) }
        }
        try configuration.read(ProcessInfo.processInfo.environment)
        return configuration
    }

    /// Whether there is nothing but comments: a file as `varve init` writes it.
    private static func isEmpty(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).allSatisfy { line in
            line.allSatisfy(\.isWhitespace) || line.drop(while: \.isWhitespace).hasPrefix("#")
        }
    }

    private mutating func read(_ node: SettingsNode) throws(SettingsError) {
        let map = try node.mapping(keys: Self.keys.keys.sorted())
        if let project = try map["project"]?.mapping(keys: Self.keys["project"] ?? []) {
            views = try project["views"]?.oneOrMore().map { item throws(SettingsError) in try item.string() }.joined(
                separator: ",")
            onPoison = try project["on_poison"]?.choice(ProjectRun.OnPoison.self)
        }
        if let retain = try map["retain"]?.mapping(keys: Self.keys["retain"] ?? []) {
            days = try retain["days"]?.int(in: 0...36_500)
            holdDays = try retain["hold_days"]?.int(in: 0...36_500)
        }
        if let serve = try map["serve"]?.mapping(keys: Self.keys["serve"] ?? []) {
            listen = try serve["listen"]?.string()
            certificate = try serve["certificate"]?.string()
            certificateKey = try serve["certificate_key"]?.string()
        }
    }

    private mutating func read(_ environment: [String: String]) throws {
        if let text = environment["VARVE_PROJECT_VIEWS"] { views = text }
        if let text = environment["VARVE_PROJECT_ON_POISON"] {
            guard let choice = ProjectRun.OnPoison(rawValue: text) else {
                throw Self.wrong("VARVE_PROJECT_ON_POISON", "pause or park")
            }
            onPoison = choice
        }
        listen = environment["VARVE_SERVE_LISTEN"] ?? listen
        certificate = environment["VARVE_SERVE_CERTIFICATE"] ?? certificate
        certificateKey = environment["VARVE_SERVE_CERTIFICATE_KEY"] ?? certificateKey
        days = try Self.days("VARVE_RETAIN_DAYS", environment) ?? days
        holdDays = try Self.days("VARVE_RETAIN_HOLD_DAYS", environment) ?? holdDays
    }

    private static func days(_ name: String, _ environment: [String: String]) throws -> Int? {
        guard let text = environment[name] else { return nil }
        guard let number = Int(text), (0...36_500).contains(number) else { throw wrong(name, "0 to 36500") }
        return number
    }

    private static func wrong(_ name: String, _ allowed: String) -> CommandFailure {
        CommandFailure(.configuration, "the environment's \(name) must be \(allowed)")
    }

    /// What `varve init` writes: every key that has an effect, with its default, commented out.
    static let template = """
        # Settings of this data directory. A flag on the command line wins over the environment (VARVE_SECTION_KEY, such as
        # VARVE_RETAIN_DAYS), and that over this file. Remove the # in front of what you want to set, and of its section.

        # Which views `varve project` keeps.
        # project:
        #   views: [volume, latency]   # or all; by default those whose signals occur, and your own
        #   on_poison: pause           # pause before an event that a view cannot take, or park it

        # What `varve log retain` removes.
        # retain:
        #   days: 30                   # how long an event stays
        #   hold_days: 7               # how much longer it waits for a projector that has not read it

        # Where `varve serve` listens, and with which certificate (PEM files); without one it speaks plain HTTP.
        # serve:
        #   listen: 127.0.0.1:8430
        #   certificate: server.pem
        #   certificate_key: server.key

        """
}

/// `--config`, of the commands that have settings.
struct ConfigOption: ParsableArguments {
    @Option(help: ArgumentHelp("Settings; by default varve.yaml in the data directory.", valueName: "file")) var config: String?
}
