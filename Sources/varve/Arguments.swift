public import ArgumentParser
public import VarveAnalysis
public import VarveCatalog
import VarveEvents
public import VarveIngest
import VarveLog
import VarveProjections
public import VarveWire

// Values of the floors below that are typed by name.
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

/// The option that nearly every command takes.
struct DataOption: ParsableArguments {
    @Option(
        name: .customLong("data"),
        help: ArgumentHelp(
            "The data directory. By default $VARVE_DATA, else ./data where that is one.", valueName: "dir"))
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

/// `--where`, as every command takes it. All that is given must hold.
struct WhereOptions: ParsableArguments {
    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            "FIELD, one of = != > >= < <= ~ (contains), and a value: 'status>=500', 'component=\"Pay Button\"', 'data.user=7'. "
                + "Nothing behind = asks for what has no such field. May be given several times.",
            valueName: "condition"),
        transform: { try FieldCondition(parsing: $0) })
    var all: [FieldCondition] = []

    /// Refuses a field that no event has. One that the catalog knows, or that may still come, is only named.
    func check(_ reader: LogReader, mayCome: Bool = false) throws {
        let known = Catalog.fieldNames
        for name in all.map(\.field) {
            guard let unknown = try reader.unknownField(among: [name], known: []) else { continue }
            guard mayCome || known.contains(name) else { throw CommandFailure(.usage, "\(unknown)") }
            Output.error("note: \(unknown)\n")
        }
    }

    /// The same for rows of views.
    var filters: [DimensionFilter] { all.map { DimensionFilter($0) } }
}

/// How many threads fold. The result does not depend on it.
struct ThreadsOption: ParsableArguments {
    @Option(name: .customLong("threads"), help: "How many threads read and fold.") var count = 2

    func validate() throws {
        guard (1...256).contains(count) else { throw ValidationError("--threads must be 1 to 256.") }
    }
}
