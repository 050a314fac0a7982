import ArgumentParser
import VarveBatchFormat
import VarveDisk
import VarveEvents
import VarveLog
import VarveWire

struct Tail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Print the last events of a log, and with -f new ones as they arrive.",
        discussion: """
            A filter selects among the last events. Damaged ranges are reported on standard
            error and skipped; without -f the exit code is then 2.

              varve tail --data data -n 20
              varve tail --data data -f --signal 'optimistic_action.*'
            """)

    @OptionGroup var data: DataOption
    @OptionGroup var filter: FilterOptions
    @Option(name: [.customShort("n"), .customLong("lines")], help: "The number of last events.") var lines: UInt64 = 10
    @Flag(name: [.customShort("f"), .customLong("follow")], help: "Keep printing new events until interrupted.")
    var follow = false
    @Flag(help: "NDJSON, the only output format; the flag has no effect.") var json = false

    func run() async throws {
        let reader = try LogReader.open(at: data.path)
        try filter.conditions.check(reader, mayCome: follow)
        let (end, isDamaged) = try printLast(of: reader)
        if follow {
            try await followEvents(to: reader, from: end)
        } else if isDamaged {
            throw ExitStatus.damageOrDifference.exitCode
        }
    }

    /// Prints the last events. Returns their end offset, and whether some of them are damaged.
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

    /// Follows the log until the process is interrupted, which is safe because nothing is modified.
    private func followEvents(to reader: LogReader, from end: Offset) async throws {
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
