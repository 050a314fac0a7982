import ArgumentParser
import VarveCatalog
import VarveEvents
import VarveProjections
import VarveWire

struct CatalogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalog", abstract: "Describe the known signals and their fields.",
        discussion: """
            Signals that are not in the catalog are accepted too.

              varve catalog
              varve catalog ls --system flashfusion --json
              varve catalog show retry.success
            """,
        subcommands: [CatalogList.self, CatalogShow.self, CatalogViewsCommand.self], defaultSubcommand: CatalogList.self)
}

struct CatalogList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the signals.",
        discussion: """
              varve catalog ls
              varve catalog ls --system bookiji
              varve catalog ls --json
            """)

    @Option(help: "Only one system: bookiji, atomic, flashfusion, chatbot or monitoring.") var system: String?
    @Flag(help: "Print a JSON array of objects.") var json = false

    func validate() throws {
        guard let system, CatalogSystem(rawValue: system) == nil else { return }
        let known = CatalogSystem.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("There is no system '\(system)'. There are: \(known).")
    }

    func run() throws {
        let signals = Catalog.signals.filter { system == nil || $0.system == system }
        if json { return try Output.standard.array(signals.map { $0.json(withFields: false) }) }
        var table = Table(["signal", "system", "meaning"])
        for signal in signals { table.add([signal.name, signal.system, signal.meaning]) }
        try Output.standard.write(table.text())
    }
}

struct CatalogShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Describe a signal and its fields.",
        discussion: """
              varve catalog show http.request
              varve catalog show http.request --json
            """)

    @Argument(help: "The signal's name.") var signal: String
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        guard let found = Catalog.signal(signal) else { throw unknown }
        if json { return try Output.standard.line(found.json(withFields: true)) }
        try Output.standard.line("\(found.name)  \(found.meaning)")
        try Output.standard.line("system     \(found.system) (\(found.requirements.joined(separator: ", ")))")
        try Output.standard.line("retention  \(found.retention.rawValue)")
        if !found.dedupKey.isEmpty { try Output.standard.line("identified by   \(found.dedupKey.joined(separator: ", "))") }
        let views = Catalog.views.filter { $0.definition.signals.matches(found.name) }.map(\.name)
        try Output.standard.line("feeds      \(views.joined(separator: ", "))")
        guard !found.fields.isEmpty else { return }
        var table = Table(["field", "type", "unit", "required", "default", "privacy", "meaning"])
        for field in found.fields {
            let allowed = field.allowed.isEmpty ? [] : ["{" + field.allowed.joined(separator: ", ") + "}"]
            table.add([
                field.name, field.type.rawValue, field.unit?.rawValue ?? "", field.isRequired ? "yes" : "",
                field.defaultText ?? "",
                field.privacy.rawValue, ([field.meaning] + allowed).filter { !$0.isEmpty }.joined(separator: " "),
            ])
        }
        try Output.standard.line()
        try Output.standard.write(table.text())
    }

    /// The error for an unknown signal, with a suggestion if a name is similar.
    private var unknown: CommandFailure {
        let names = Catalog.signals.map(\.name)
        let part = names.filter { $0.contains(signal) || signal.contains($0) }
        let spelt = NearNames.nearest(to: signal, among: names, within: 4)
        let near = (part.isEmpty ? spelt : part).prefix(5)
        return CommandFailure(
            .failure, "the catalog has no signal '\(signal)'",
            next: near.isEmpty ? "varve catalog ls lists them" : "did you mean \(near.joined(separator: ", "))?")
    }
}

extension SignalDescription {
    fileprivate func json(withFields: Bool) -> String {
        var line = JSONLine()
        line.field("name", name)
        line.field("system", system)
        line.field("meaning", meaning)
        line.field("retention", retention.rawValue)
        line.field("dedup_key", json: Self.array(dedupKey))
        line.field("source_names", json: Self.array(sourceNames))
        line.field("requirements", json: Self.array(requirements))
        if withFields { line.field("fields", json: "[" + fields.map(\.json).joined(separator: ",") + "]") }
        return line.text
    }

    private static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.string(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    fileprivate static func array(_ texts: [String]) -> String {
        "[" + texts.map(quoted).joined(separator: ",") + "]"
    }
}

extension FieldDescription {
    fileprivate var json: String {
        var line = JSONLine()
        line.field("name", name)
        line.field("type", type.rawValue)
        line.field("unit", unit?.rawValue)
        line.field("required", isRequired)
        line.field("default", defaultText)
        line.field("allowed", json: SignalDescription.array(allowed))
        line.field("privacy", privacy.rawValue)
        line.field("meaning", meaning)
        return line.text
    }
}
