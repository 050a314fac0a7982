import VarveDisk
import VarveEvents
import VarveIngest
import VarveLog
import VarveWire

/// Runs an ingest for a command: opens the log, takes the files in, closes it, and says what happens.
struct IngestCommandRun {
    /// How the events are handed to the log, and what is printed on the way.
    struct Manner {
        var durability = DurabilityArgument.sync
        var producer: FileProducer?
        var printsAcks = false
        var maxRejected: RejectionLimit?
    }

    let files: [String]
    let manner: Manner
    private var progress = Progress()
    private var bytesIn: UInt64 = 0
    private var failedFile: String?
    /// Places of background errors that were told.
    private var warned: Set<String> = []
    private var leftOut: [String: Int] = [:]
    /// The first input that, as a whole, is not what it was said to be.
    private var failure: CommandFailure?
    /// What an input looks like that was read as something else.
    private var looksLike: FormatGuess?
    private static let shownMax = 20

    private init(_ files: [String], _ manner: Manner) {
        self.files = files
        self.manner = manner
    }

    /// Takes all of the inputs in, and prints the receipt unless it is `silent`.
    @discardableResult
    static func run(
        _ files: [String], _ decoding: DecodeOptions, data: String, policy: IngestPolicy? = IngestPolicy(),
        manner: Manner = Manner(), log options: LogOptions = LogOptions(), output: ReceiptOutput
    ) async throws -> IngestResult {
        var run = IngestCommandRun(files, manner)
        try checkInputs(files, mustBeFiles: manner.producer != nil)
        try DataDirectory.check(data)
        var options = options
        if let interval = manner.durability.interval { options.syncInterval = interval }
        let ingestor = try await DataDirectory.ingestor(data, options: options)
        for note in ingestor.log.recovery.notes { Output.error("note: \(note)\n") }
        let ingest = FileIngest(
            files, decoding, policy: policy, durability: manner.durability.level, producer: manner.producer,
            groupMilliseconds: manner.printsAcks ? 40 : 1_000, isStopped: { StopSignal.isRequested })
        let receipt: IngestReceipt
        do {
            receipt = try await ingest.run(into: ingestor) { try run.say($0) }
        } catch {
            try? await ingestor.close()
            throw error
        }
        try await ingestor.close()
        var result = IngestResult(receipt: receipt, durability: manner.durability)
        result.backgroundErrors = ingestor.log.backgroundErrors
        try run.measure(data, &result)
        try run.finish(result, output)
        return result
    }

    /// Inputs none of which is there make no log. Where some are, those are taken in, and the others told when their turn comes.
    private static func checkInputs(_ files: [String], mustBeFiles: Bool) throws {
        let disk = RealDisk()
        for file in mustBeFiles ? files : [] {
            let kind = try? disk.kind(file)
            if kind == .file || kind == .directory && files.count == 1 { continue }
            guard kind != nil else {
                throw CommandFailure(
                    .inputOutput, "there is no such file", place: file, next: "check the spelling; nothing was written")
            }
            throw CommandFailure(
                .inputOutput, "--producer needs files that can be read twice, and this is none", place: file,
                next: "leave --producer out, or save the input as a file first; nothing was written")
        }
        for file in files {
            guard file != "-" else { return }
            if let kind = try? disk.kind(file), kind != .directory { return }
        }
        for file in files.dropLast() { Output.error("error: \(file): there is no such file, or it is a directory\n") }
        guard let file = files.last else { return }
        let isDirectory = (try? disk.kind(file)) == .directory
        throw CommandFailure(
            .inputOutput, isDirectory ? "this is a directory; name the files in it" : "there is no such file", place: file,
            next: "check the spelling; nothing was written")
    }

    private mutating func say(_ notice: FileIngest.Notice) throws {
        switch notice {
        case .taken(let counts):
            for error in counts.backgroundErrors where warned.insert(error.place).inserted { note("warning: \(error)") }
            if manner.printsAcks {
                var line = JSONLine()
                line.field("ack", counts.lines)
                line.field("offset", counts.durable)
                manner.durability.add(to: &line)
                try Output.standard.line(line.text)
                try Output.standard.flush()
            }
            progress.update("\(counts.received.grouped) records, \(counts.rejected.grouped) refused")
        case .refused(let rejection, let file):
            // An input without end has no summary yet.
            if file == "-" { note("refused: \(rejection.description(file: file))") }
        case .isShorter(let file):
            note(
                "note: the log has more lines of \(file) than it holds; those that it holds were taken for known")
        case .fileDone(let file, let summary):
            bytesIn += summary.bytes
            if summary.bytes == 0, failedFile != file {
                note("\(file == "-" ? "standard input" : "\(file): the file") is empty")
            }
            leftOut.merge(summary.leftOut, uniquingKeysWith: +)
            take(summary, of: file)
        case .fileFailed(let error):
            failedFile = error.path
            note("error: \(error)")
        }
    }

    /// What an input as a whole has to say.
    private mutating func take(_ summary: InputSummary, of file: String) {
        if summary.paddingBytes > 0 {
            note("\(file): \(summary.paddingBytes.grouped) NUL bytes between the lines were passed over")
        }
        if let chosen = summary.chosen { note("\(file): \(chosen.hint)") }
        if let looksLike = summary.looksLike { self.looksLike = looksLike }
        guard failedFile != file else { return }
        if let error = summary.headerProblem {
            failure = failure ?? CommandFailure(.configuration, "\(error)", next: "the records of \(file) were refused")
        } else if let problem = summary.noRecordsProblem {
            failure = failure ?? CommandFailure(.allRefused, problem, place: file, next: "is this the right file and --format?")
        }
    }

    private mutating func note(_ text: String) {
        progress.clear()
        Output.error(text + "\n")
    }

    /// The log is closed already.
    private mutating func measure(_ data: String, _ result: inout IngestResult) throws {
        progress.clear()
        result.seconds = progress.seconds
        result.bytesIn = bytesIn
        result.failedFile = failedFile
        result.failure = failure
        result.looksLike = looksLike
        let reader = try LogReader.open(at: data)
        result.durable = try reader.durable().value
        result.bytesOnDisk = try reader.segments().reduce(0) { $0 + $1.bytes }
    }

    /// The most frequent ways in which events differ from the catalog.
    private mutating func noteFlags(_ flags: FlagTally) {
        let problems = flags.problems.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        for (what, count) in problems.prefix(Self.shownMax) { note("flagged: \(what), \(count.grouped)×") }
        if problems.count > Self.shownMax {
            note("… and \(problems.count - Self.shownMax) more ways in which events are flagged")
        }
    }

    /// One line for each cause, with its first example.
    private mutating func noteRefusals(_ refusals: RefusalSummary) {
        for cause in refusals.causes.prefix(Self.shownMax) where cause.source != "-" || cause.count > 1 {
            note("refused: \(cause.description)")
        }
        let more = refusals.total - refusals.causes.prefix(Self.shownMax).reduce(0) { $0 + $1.count }
        if more > 0 { note("… and \(more.grouped) more refused, for other causes") }
    }

    /// Prints the receipt.
    private mutating func finish(_ result: IngestResult, _ output: ReceiptOutput) throws {
        if output == .none { return }
        noteRefusals(result.receipt.refusals)
        for (name, count) in leftOut.sorted(by: { $0.key < $1.key }) {
            note("left out: \(name), of \(count.grouped) record\(count == 1 ? "" : "s")")
        }
        noteFlags(result.receipt.flags)
        if result.receipt.olderThanIDs > 0, let limit = result.receipt.idsForgottenUpTo {
            note(
                "note: \(result.receipt.olderThanIDs.grouped) events are older than the ids that the log remembers (retention "
                    + "removed what was appended up to \(RFC3339.text(limit))): those that were in it before count twice")
        }
        if let deadLetters = result.receipt.deadLetters { note("refused records are kept in \(deadLetters)") }
        switch output {
        case .json(let showsFlags): try Output.standard.line(result.json(showsFlags: showsFlags))
        // Standard output is for acknowledgements, which do not tell duplicates from new events.
        case .text where manner.printsAcks: Output.error(result.text)
        case .text: try Output.standard.write(result.text)
        case .none: break
        }
    }
}

/// How a command prints its receipt.
enum ReceiptOutput: Equatable {
    case none
    case text
    case json(showsFlags: Bool)
}

extension IngestResult {
    /// Ends the command as its exit code says.
    func check(_ files: [String], maxRejected: RejectionLimit?, hintWhenAllRefused: String? = nil) throws {
        if StopSignal.isRequested, files != ["-"] {
            throw CommandFailure(
                .failure, "stopped by a signal before the end of the input", next: "what is counted above is in the log")
        }
        if failedFile != nil { throw ExitStatus.inputOutput.exitCode }
        if let failure { throw failure }
        if receipt.isAllRefused {
            guard let hintWhenAllRefused else { throw ExitStatus.allRefused.exitCode }
            throw CommandFailure(
                .allRefused, "every record was refused, none is in the log", next: looksLike?.hint ?? hintWhenAllRefused)
        }
        if let maxRejected, maxRejected.isExceeded(rejected: receipt.rejected, of: receipt.received) {
            throw CommandFailure(
                .allRefused,
                "\(receipt.rejected.grouped) of \(receipt.received.grouped) records were refused, more than --max-rejected "
                    + "\(maxRejected.text) allows",
                next: "the others are in the log; mend the refused ones in \(receipt.deadLetters ?? "rejected/") and ingest them")
        }
    }
}
