import ArgumentParser
import VarveBatchFormat
import VarveEvents
import VarveLog
import VarveWire

struct Cat: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print every event of a log in offset order, as NDJSON that ingest reads.",
        discussion: """
            Each line also has the event's "offset" and "observed", the time at which
            the log took it. Damaged parts are named on standard error and left out;
            the exit code is then 2. Nothing is changed.

              varve cat --data data | head
              varve cat --data data | varve ingest - --data copy
            """)

    @OptionGroup var data: DataOption
    @Flag(help: "NDJSON; this is the only form, so the flag changes nothing.") var json = false

    func run() throws {
        let reader = try LogReader.open(at: data.path)
        var damage: [DamagedRange] = []
        var printer = EventPrinter()
        try reader.scan(0..<reader.durable().value, select: .all, onDamage: { damage.append($0) }) { batch in
            batch.forEachEvent { offset, event in printer.print(event, offset: offset) }
            try Output.standard.write(printer.bytes)
            printer.removeAll()
        }
        try Output.standard.flush()
        for range in damage { Output.error("damaged: \(range)\n") }
        if !damage.isEmpty { throw ExitStatus.damageOrDifference.exitCode }
    }
}
