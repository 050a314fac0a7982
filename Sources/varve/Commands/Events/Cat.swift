import ArgumentParser
import VarveBatchFormat
import VarveEvents
import VarveLog
import VarveWire

struct Cat: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cat",
        abstract: "Print the events of a log in offset order, as NDJSON that ingest accepts.",
        discussion: """
            Each line also has the event's "offset" and "observed", its append time.
            Damaged ranges are reported on standard error and skipped; the exit code is
            then 2. Nothing is changed. Events kept by a rule (varve log keep) come first,
            at their original offsets.

              varve cat --data data | head
              varve cat --data data --session sess_00017133 --from 2026-01-21T14:02 \\
                --to 2026-01-21T14:09
              varve cat --data data --signal 'retry.*' --where 'attempt>2'
              varve cat --data data | varve ingest - --data copy
            """)

    @OptionGroup var data: DataOption
    @OptionGroup var filter: FilterOptions
    @Flag(help: "NDJSON, the only output format; the flag has no effect.") var json = false

    func run() throws {
        let reader = try LogReader.open(at: data.path)
        try filter.conditions.check(reader)
        var damage: [DamagedRange] = []
        let printer = BatchPrinter(.ndjson)
        try reader.scanAll(where: filter.filter, onDamage: { damage.append($0) }) { batch in
            printer.print(batch)
            try Output.standard.write(printer.take())
        }
        try Output.standard.flush()
        for range in damage { Output.error("damaged: \(range)\n") }
        if !damage.isEmpty { throw ExitStatus.damageOrDifference.exitCode }
    }
}
