import ArgumentParser
import VarveCatalog
import VarveEvents
import VarveWire

/// A format: one of the outside formats, a system whose own records are read, or the line format of an access log, copied from
/// the server's configuration.
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

    /// The argument as typed.
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

    /// The mapping of the system's records.
    var records: RecordMapping? {
        system.map { RecordMapping(Catalog.shapes(of: $0), signals: Catalog.signals) }
    }

    /// The line format of an access log; empty for other formats.
    var lineFormat: String {
        if case .lines(let text) = self { text } else { "" }
    }

    /// Throws if the line format is invalid.
    func validate() throws {
        guard case .lines(let text) = self, let problem = LogLineFormat.problem(text) else { return }
        throw ValidationError("--format: \(problem).")
    }

    /// The hint when not one record of an input could be read.
    var hintWhenAllRefused: String {
        switch self {
        case .format(.ndjson):
            "events are read as NDJSON, one object a line; for something else say --format auto, or --format combined …"
        case .format(.auto): "the reasons are above; --zone, --signal and --map give what the records lack"
        default: "they were read as --format \(name); is that correct? --format auto detects the format"
        }
    }

    /// The default profile for a system's own records; none for events in our own format.
    var privacy: PrivacyProfile? { system == nil ? nil : .standard }
}
