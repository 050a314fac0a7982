public import ArgumentParser
public import VarveCatalog
public import VarveIngest
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

/// The option that nearly every command takes.
struct DataOption: ParsableArguments {
    @Option(name: .customLong("data"), help: "The data directory.") var path: String
}

/// How many threads fold. The result does not depend on it.
struct ThreadsOption: ParsableArguments {
    @Option(name: .customLong("threads"), help: "How many threads read and fold.") var count = 2

    func validate() throws {
        guard (1...256).contains(count) else { throw ValidationError("--threads must be 1 to 256.") }
    }
}
