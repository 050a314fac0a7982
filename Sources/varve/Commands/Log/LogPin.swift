import ArgumentParser
import VarveLog
import VarveWire

struct LogPin: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pin", abstract: "Protect events from retention, or list the pins.",
        discussion: """
            Segments with any of these offsets, and all later ones, are kept until varve
            log unpin. An existing name gets the new offsets.

              varve log pin incident-7 --from 41000 --to 52000 --data data
              varve log pin --data data
            """)

    @Argument(help: "A name for the pin; without one, all pins are listed.") var name: String?
    @OptionGroup var data: DataOption
    @Option(help: "The first offset.") var from: UInt64?
    @Option(help: "One past the last offset.") var to: UInt64?
    @Flag(help: "Print one JSON object per pin.") var json = false

    func validate() throws {
        guard (name == nil) == (from == nil), (name == nil) == (to == nil) else {
            throw ValidationError("A pin needs a name, --from and --to.")
        }
        if let from, let to, from >= to { throw ValidationError("--from must be below --to.") }
    }

    func run() throws {
        if let name, let from, let to {
            return try LogPins.pin(RetentionPin(offsets: from..<to, name: name), at: data.path)
        }
        for pin in try LogReader.open(at: data.path).pins() {
            if json {
                var line = JSONLine()
                line.field("name", pin.name)
                line.field("from", pin.offsets.lowerBound)
                line.field("to", pin.offsets.upperBound)
                try Output.standard.line(line.text)
            } else {
                try Output.standard.line(
                    "\(pin.offsets.lowerBound) ..< \(pin.offsets.upperBound)  \(SafeText.escape(pin.name))")
            }
        }
    }
}

struct LogUnpin: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpin", abstract: "Remove a pin, so that retention may remove its events.")

    @Argument(help: "The name of the pin.") var name: String
    @OptionGroup var data: DataOption

    func run() throws {
        guard try LogPins.unpin(name, at: data.path) else {
            throw CommandFailure(.usage, "there is no pin called \(name)", place: data.path, next: "varve log pin lists them")
        }
    }
}
