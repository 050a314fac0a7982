import ArgumentParser
import VarveCatalog
import VarveEvents
import VarveWire

/// A format as it is typed: one of the outside formats, the system whose own records these are, or the very format of an access
/// log's lines, as its server's configuration has it.
enum FormatArgument: Hashable, ExpressibleByArgument {
    case format(InputFormat)
    case system(CatalogSystem)
    case lines(String)

    init?(argument: String) {
        if let system = CatalogSystem(rawValue: argument) {
            self = .system(system)
        } else if let format = InputFormat(rawValue: argument), format != .records, format != .logFormat {
            self = .format(format)
        } else {
            guard argument.contains("$") || argument.contains("%") else { return nil }
            self = .lines(argument)
        }
    }

    static var allValueStrings: [String] {
        InputFormat.allCases.filter { $0 != .records && $0 != .logFormat }.map(\.rawValue)
            + CatalogSystem.allCases.map(\.rawValue)
    }

    var defaultValueDescription: String { name }

    /// As it was typed.
    var name: String {
        switch self {
        case .format(let format): format.rawValue
        case .system(let system): system.rawValue
        case .lines(let text): text
        }
    }

    var input: InputFormat {
        switch self {
        case .format(let format): format
        case .system: .records
        case .lines: .logFormat
        }
    }

    private var system: CatalogSystem? {
        if case .system(let system) = self { system } else { nil }
    }

    /// How the system's records become events.
    var records: RecordMapping? {
        system.map { RecordMapping(Catalog.shapes(of: $0), signals: Catalog.signals) }
    }

    /// The format of an access log's lines; empty for other formats.
    var lineFormat: String {
        if case .lines(let text) = self { text } else { "" }
    }

    /// Says why the format of lines is none.
    func validate() throws {
        guard case .lines(let text) = self, let problem = LogLineFormat.problem(text) else { return }
        throw ValidationError("--format: \(problem).")
    }

    /// What to look at when not one record of an input could be read.
    var hintWhenAllRefused: String {
        self == .format(.ndjson)
            ? "events are read as NDJSON, one object a line; for something else say --format auto, or --format combined …"
            : "they were read as --format \(name); is that what they are? --format auto tells"
    }

    /// The profile that a system's own records get unless another is asked for; none for events that are ours already.
    var privacy: PrivacyProfile? { system == nil ? nil : .standard }
}
