public import ArgumentParser
public import VarveAnalysis
public import VarveCatalog
import VarveEvents
public import VarveIngest
import VarveLog
import VarveProjections
public import VarveReports
public import VarveWire

// Values of other modules that are parsed as arguments.
extension TimeFormat: ExpressibleByArgument {}

extension TextEncoding: ExpressibleByArgument {}

extension TimeZoneRule: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
extension CheckPolicy: ExpressibleByArgument {}
extension RejectionLimit: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
extension PrivacyProfile: ExpressibleByArgument {}
extension AnomalySensitivity: ExpressibleByArgument {}
extension ReportKind: ExpressibleByArgument {}
extension ReportFormat: ExpressibleByArgument {}

/// The data directory option of nearly every command.
struct DataOption: ParsableArguments {
    @Option(
        name: .customLong("data"),
        help: ArgumentHelp(
            "The data directory. Default: $VARVE_DATA, or ./data if it is one.", valueName: "dir"))
    var given: String?

    /// The data directory.
    var path: String { given ?? DataDirectory.usual ?? "" }

    func validate() throws {
        guard path.isEmpty else { return }
        throw ValidationError(
            given == nil
                ? "Give --data DIR: $VARVE_DATA is not set, and there is no ./data that is a data directory."
                : "--data is empty.")
    }
}

/// The `--where` option of all commands. All conditions must hold.
struct WhereOptions: ParsableArguments {
    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            "FIELD, one of = != > >= < <= ~ (contains), and a value: 'status>=500', 'component=\"Pay Button\"', 'data.user=7'. "
                + "Nothing after = selects events without the field; every other condition, != too, needs it. "
                + "May be repeated; all must hold.",
            valueName: "condition"),
        transform: { try FieldCondition(parsing: $0) })
    var all: [FieldCondition] = []

    /// Refuses a field that no event has. A field known to the catalog, or one that may still arrive, only gives a note.
    func check(_ reader: LogReader, mayCome: Bool = false) throws {
        let known = Catalog.fieldNames
        for name in all.map(\.field) {
            guard let unknown = try reader.unknownField(among: [name], known: []) else { continue }
            guard mayCome || known.contains(name) else { throw CommandFailure(.usage, "\(unknown)") }
            Output.error("note: \(unknown)\n")
        }
    }

    /// The conditions as filters of view rows.
    var filters: [DimensionFilter] { all.map { DimensionFilter($0) } }
}

/// The number of threads that fold. The result does not depend on it.
struct ThreadsOption: ParsableArguments {
    @Option(name: .customLong("threads"), help: "The number of threads that read and fold.") var count = 2

    func validate() throws {
        guard (1...256).contains(count) else { throw ValidationError("--threads must be 1 to 256.") }
    }
}
