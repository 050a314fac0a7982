import ArgumentParser
import VarveDisk
import VarveEvents
import VarveIngest
import VarveLog
import VarveWire

struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Append exported events with their original append times.",
        discussion: """
            Every line needs its "observed" time, as export and cat write it. Append times
            are preserved but never decrease: an event observed before the log's latest one
            gets the latest time. Fields are not checked and nothing is removed: that was
            done when the events were first ingested. Views of the copy have the same
            hashes.

              varve export --events --data data | varve import - --data copy
            """)

    @Argument(help: "NDJSON files, or - for standard input.") var files: [String] = ["-"]
    @OptionGroup var data: DataOption
    @Flag(help: "Print a final JSON object.") var json = false

    func validate() throws {
        if files.count(where: { $0 == "-" }) > 1 { throw ValidationError("Standard input can be read only once.") }
    }

    func run() async throws {
        let now = Timestamp(nanoseconds: wallClockNanoseconds())
        var options = LogOptions()
        options.keepsObserved = true
        StopSignal.install()
        let result = try await IngestCommandRun.run(
            files, DecodeOptions(.ndjson, now: now, keepsObserved: true), data: data.path, policy: nil, log: options,
            output: json ? .json(showsFlags: false) : .text)
        try result.check(files, maxRejected: nil)
    }
}
