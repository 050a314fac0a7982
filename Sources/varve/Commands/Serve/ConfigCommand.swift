import ArgumentParser
import VarveDisk
import VarveWire

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Check, show and describe the settings of a data directory.",
        discussion: """
            Settings come from --config FILE, or else varve.yaml in the data directory. The
            environment (VARVE_SECTION_KEY) takes precedence. A secret may be in a separate
            file, named by KEY_file.
            """,
        subcommands: [ConfigValidate.self, ConfigShow.self, ConfigSchema.self])
}

struct ConfigValidate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check the settings, and print where they are wrong.",
        discussion: """
            Errors are printed with file, line and column; exit code 78.

              varve config validate --data data
              varve config validate --config new.yaml
            """)

    @Option(name: .customLong("data"), help: ArgumentHelp("The data directory.", valueName: "dir")) var data: String?
    @OptionGroup var settings: ConfigOption

    func run() throws {
        let configuration = try Configuration.load(settings.config, at: ConfigShow.directory(data, settings.config))
        try Output.standard.line("valid: \(configuration.entries.count) settings")
    }
}

struct ConfigShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print every setting with its value and source. Secrets are not shown.",
        discussion: "  varve config show --data data --json")

    @Option(name: .customLong("data"), help: ArgumentHelp("The data directory.", valueName: "dir")) var data: String?
    @OptionGroup var settings: ConfigOption
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let configuration = try Configuration.load(settings.config, at: Self.directory(data, settings.config))
        if json { return try Output.standard.line(ConfigurationText.json(configuration)) }
        try Output.standard.write(ConfigurationText.shown(configuration))
    }

    /// The directory whose settings to read; optional if a file is given.
    static func directory(_ data: String?, _ file: String?) throws -> String {
        if let path = data ?? DataDirectory.usual { return path }
        guard file != nil else {
            throw ValidationError("Missing --data DIR, and there is no $VARVE_DATA and no data directory ./data.")
        }
        return "."
    }
}

struct ConfigSchema: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of varve.yaml, for editors.",
        discussion: "  varve config schema > varve.schema.json")

    func run() throws { try Output.standard.line(ConfigurationText.schema) }
}
