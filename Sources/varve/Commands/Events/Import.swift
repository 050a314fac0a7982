import ArgumentParser
import VarveDisk
import VarveEvents
import VarveIngest
import VarveLog
import VarveWire

struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Append events that were exported, with the times at which they were appended then.",
        discussion: """
            Every line needs its "observed", as export and cat write it. It is kept, but
            never goes back: an event observed before the latest of the log gets that
            one's. Fields are not checked and nothing is taken out: that was done when the
            events first came in. Views of the copy are the same, hash for hash.

              varve export --events --data data | varve import - --data copy
            """)

    @Argument(help: "Files of NDJSON, or - for standard input.") var files: [String] = ["-"]
    @OptionGroup var data: DataOption
    @Flag(help: "End with one JSON object.") var json = false

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
