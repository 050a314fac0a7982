import ArgumentParser
import VarveBatchFormat
import VarveDisk
import VarveEvents
import VarveLog
import VarveWire

struct Tail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the last events of a log, and with -f what comes.",
        discussion: """
            With a filter: those among the last events that match. Damaged parts are named
            on standard error and left out; without -f the exit code is then 2.

              varve tail --data data -n 20
              varve tail --data data -f --signal 'optimistic_action.*'
            """)

    @OptionGroup var data: DataOption
    @OptionGroup var filter: FilterOptions
    @Option(name: [.customShort("n"), .customLong("lines")], help: "How many of the last events.") var lines: UInt64 = 10
    @Flag(name: [.customShort("f"), .customLong("follow")], help: "Go on with what is appended, until interrupted.")
    var follow = false
    @Flag(help: "NDJSON; this is the only form, so the flag changes nothing.") var json = false

    func run() async throws {
        let reader = try LogReader.open(at: data.path)
        try filter.conditions.check(reader, mayCome: follow)
        let (end, isDamaged) = try printLast(of: reader)
        if follow {
            try await printWhatComes(to: reader, from: end)
        } else if isDamaged {
            throw ExitStatus.damageOrDifference.exitCode
        }
    }

    /// Prints the last events. Returns where they end, and whether a part of them is damaged.
    private func printLast(of reader: LogReader) throws -> (end: Offset, isDamaged: Bool) {
        let end = try reader.durable().value
        let first = max(try reader.retained().value, end - min(end, lines))
        var isDamaged = false
        if first < end {
            try reader.scan(
                first..<end, where: filter.filter,
                onDamage: {
                    isDamaged = true
                    Self.note($0)
                }, Self.print)
        }
        try Output.standard.flush()
        return (Offset(end), isDamaged)
    }

    /// Goes on until the process is interrupted; nothing is lost by that, since nothing is changed.
    private func printWhatComes(to reader: LogReader, from end: Offset) async throws {
        let filter = filter.filter
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            startBlockingThread {
                do {
                    try reader.followHere(from: end, where: filter, onDamage: Self.note) { batch in
                        try Self.print(batch)
                        try Output.standard.flush()
                    }
                    continuation.resume()
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    @Sendable private static func note(_ damage: DamagedRange) {
        Output.error("damaged: \(damage)\n")
    }

    private static func print(_ batch: EventBatch) throws {
        var printer = EventPrinter()
        batch.forEachEvent { offset, event in printer.print(event, offset: offset) }
        try Output.standard.write(printer.bytes)
    }
}
