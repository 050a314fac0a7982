public import ArgumentParser
public import VarveWire

// Values of the floors below that are typed by name.
extension InputFormat: ExpressibleByArgument {}
extension TimeFormat: ExpressibleByArgument {}

/// The option that nearly every command takes.
struct DataOption: ParsableArguments {
    @Option(name: .customLong("data"), help: "The data directory.") var path: String
}
