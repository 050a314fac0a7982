import VarveDisk
import VarveEvents
import VarveIngest
import VarveLog
import VarveWire

/// Runs an ingest for a command: opens the log, ingests the files, closes the log, and prints progress and errors.
struct IngestCommandRun {
    /// How the events are appended, and what is printed meanwhile.
    struct RunOptions {
        var durability = DurabilityArgument.sync
        var producer: FileProducer?
        var printsAcks = false
        var maxRejected: RejectionLimit?
    }

    let files: [String]
    let runOptions: RunOptions
    private var progress = Progress()
    private var bytesIn: UInt64 = 0
    private var failedFile: String?
    /// Places of background errors that were already printed.
    private var warned: Set<String> = []
    private var leftOut: [String: Int] = [:]
    /// The first input that is not in the declared format at all.
    private var failure: CommandFailure?
    /// The likely format of an input that was read as another one.
    private var looksLike: FormatGuess?
    private static let shownMax = 20

    private init(_ files: [String], _ runOptions: RunOptions) {
        self.files = files
        self.runOptions = runOptions
    }

    /// Ingests all inputs, and prints the receipt unless `output` is `silent`.
    @discardableResult
    static func run(
        _ files: [String], _ decoding: DecodeOptions, data: String, policy: IngestPolicy? = IngestPolicy(),
        runOptions: RunOptions = RunOptions(), log options: LogOptions = LogOptions(), output: ReceiptOutput
    ) async throws -> IngestResult {
        var run = IngestCommandRun(files, runOptions)
        try checkInputs(files, mustBeFiles: runOptions.producer != nil)
        try DataDirectory.check(data)
        var options = options
        if let interval = runOptions.durability.interval { options.syncInterval = interval }
        let ingestor = try await DataDirectory.ingestor(data, options: options)
        let ingest = FileIngest(
            files, decoding, policy: policy, durability: runOptions.durability.level, producer: runOptions.producer,
            groupMilliseconds: runOptions.printsAcks ? 40 : 1_000, isStopped: { StopSignal.isRequested })
        let receipt: IngestReceipt
        do {
            receipt = try await ingest.run(into: ingestor) { try run.say($0) }
        } catch {
            try? await ingestor.close()
            throw error
        }
        try await ingestor.close()
        var result = IngestResult(receipt: receipt, durability: runOptions.durability)
        result.backgroundErrors = ingestor.log.backgroundErrors
        try run.measure(data, &result)
        try run.finish(result, output)
        return result
    }

    /// If none of the inputs exists, no log is created. If some do, those are ingested, and the others are reported in turn.
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
                .inputOutput, "--producer needs files that can be read twice, and this is not one", place: file,
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
            if runOptions.printsAcks {
                var line = JSONLine()
                line.field("ack", counts.lines)
                line.field("offset", counts.durable)
                runOptions.durability.add(to: &line)
                try Output.standard.line(line.text)
                try Output.standard.flush()
            }
            progress.update("\(counts.received.grouped) records, \(counts.rejected.grouped) refused")
        case .refused(let rejection, let file):
            // An endless input has no summary until it ends.
            if file == "-" { note("refused: \(rejection.description(file: file))") }
        case .isShorter(let file):
            note(
                "note: the log has more lines of \(file) than the file; the file's lines were assumed to be known")
        case .fileDone(let file, let summary):
            bytesIn += summary.bytes
            if failedFile != file, let text = NoRecords.text(summary, of: file) { note(text) }
            leftOut.merge(summary.leftOut, uniquingKeysWith: +)
            take(summary, of: file)
        case .fileFailed(let error):
            failedFile = error.path
            note("error: \(error)")
        }
    }

    /// Reports on an input as a whole.
    private mutating func take(_ summary: InputSummary, of file: String) {
        if summary.paddingBytes > 0 {
            note("\(file): \(summary.paddingBytes.grouped) NUL bytes between the lines were skipped")
        }
        if let chosen = summary.chosen { note("\(file): \(chosen.hint)") }
        if let looksLike = summary.looksLike { self.looksLike = looksLike }
        guard failedFile != file else { return }
        if summary.isOpenArray {
            note("note: \(file): the JSON array has no closing bracket: the input may have been cut off")
        }
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

    /// Called after the log is closed.
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

    /// Prints the most frequent differences from the catalog.
    private mutating func noteFlags(_ flags: FlagTally) {
        let problems = flags.problems.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        for (what, count) in problems.prefix(Self.shownMax) { note("flagged: \(what), \(count.grouped)×") }
        if problems.count > Self.shownMax {
            note("… and \(problems.count - Self.shownMax) more kinds of flagged events")
        }
    }

    /// One line per cause, with its first example.
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
                "note: \(result.receipt.olderThanIDs.grouped) events are older than the log's id index (retention "
                    + "removed events appended up to \(RFC3339.text(limit))): those that were in the log before count twice")
        }
        if let deadLetters = result.receipt.deadLetters { note("refused records are in \(deadLetters)") }
        switch output {
        case .json(let showsFlags): try Output.standard.line(result.json(showsFlags: showsFlags))
        // Standard output has the acknowledgements, which do not distinguish duplicates from new events.
        case .text where runOptions.printsAcks: Output.error(result.text)
        case .text: try Output.standard.write(result.text)
        case .none: break
        }
    }
}

/// The note on an input without records, which is no error.
enum NoRecords {
    static func text(_ summary: InputSummary, of file: String) -> String? {
        guard summary.isBlank else { return nil }
        let name = file == "-" ? "standard input" : "\(file): the file"
        if summary.isCut { return "\(name) is an empty JSON array: it holds no records" }
        return summary.bytes == 0 ? "\(name) is empty: it holds no records" : "\(name) has only blank lines: it holds no records"
    }
}

/// How a command prints its receipt.
enum ReceiptOutput: Equatable {
    case none
    case text
    case json(showsFlags: Bool)
}

extension IngestResult {
    /// Exits the command with the appropriate exit code.
    func check(_ files: [String], maxRejected: RejectionLimit?, hintWhenAllRefused: String? = nil) throws {
        if StopSignal.isRequested, files != ["-"] {
            throw CommandFailure(
                .failure, "stopped by a signal before the end of the input", next: "the records counted above are in the log")
        }
        if failedFile != nil { throw ExitStatus.inputOutput.exitCode }
        if let failure { throw failure }
        if receipt.isAllRefused {
            guard let hintWhenAllRefused else { throw ExitStatus.allRefused.exitCode }
            throw CommandFailure(
                .allRefused, "every record was refused, none is in the log", next: hintWhenAllRefused)
        }
        if let maxRejected, maxRejected.isExceeded(rejected: receipt.rejected, of: receipt.received) {
            throw CommandFailure(
                .allRefused,
                "\(receipt.rejected.grouped) of \(receipt.received.grouped) records were refused, more than --max-rejected "
                    + "\(maxRejected.text) allows",
                next: "the others are in the log; correct those in \(receipt.deadLetters ?? "rejected/") and ingest them")
        }
    }
}
