import VarveDisk
import VarveEvents
import VarveLog
import VarveWire

/// Appends what the input thread hands over, counts it, and says what happens.
struct IngestSession {
    let log: LogWriter
    let manner: AppendManner
    private var producer: FileProducer?
    private(set) var tally = IngestTally()
    /// The last input that could not be read to its end.
    private var failedFile: String?
    var hasFailedFile: Bool { failedFile != nil }
    /// The first input that, as a whole, is not what it was said to be.
    private(set) var failure: CommandFailure?
    /// What an input looks like that was read as something else.
    private(set) var looksLike: FormatGuess?
    private var progress: Progress
    private var shownRejections = 0
    private var deadLetters: String?
    private var leftOut: [String: Int] = [:]
    private var flags = FlagTally()
    private static let shownRejectionsMax = 20

    private init(log: LogWriter, manner: AppendManner, producer: FileProducer?, progress: Progress) {
        self.log = log
        self.progress = progress
        self.manner = manner
        self.producer = producer
    }

    /// Opens the log, takes all of the inputs in, and closes it.
    static func run(
        _ files: [String], _ options: DecodeOptions, data: String, care: EventCare? = EventCare(),
        manner: AppendManner = AppendManner(), log logOptions: LogOptions = LogOptions()
    ) async throws -> IngestSession {
        let progress = Progress()
        try checkInputs(files)
        try DataDirectory.check(data)
        let fingerprint: UInt64? =
            if let name = manner.producer {
                try await FileProducer.fingerprint(name, reading: manner.reading, files)
            } else {
                nil
            }
        var logOptions = logOptions
        if let interval = manner.durability.interval { logOptions.syncInterval = interval }
        let log = try await DataDirectory.writer(data, options: logOptions)
        for note in log.recovery.notes { Output.error("note: \(note)\n") }
        let steps = Handover<IngestStep>(capacity: 3)
        let thread = InputThread(
            files: files, options: options, care: care, data: data, groupMilliseconds: manner.printsAcks ? 40 : 1_000,
            steps: steps)
        thread.start()
        let producer = fingerprint.map { FileProducer($0, log) }
        var session = IngestSession(log: log, manner: manner, producer: producer, progress: progress)
        do {
            try await steps.forEach { try await session.take($0) }
        } catch {
            try? await log.close()
            throw error
        }
        try await log.close()
        session.tally.backgroundErrors = log.backgroundErrors
        try session.measure(data)
        return session
    }

    /// Inputs none of which is there make no log. Where some are, those are taken in, and the others told when their turn comes.
    private static func checkInputs(_ files: [String]) throws {
        let disk = RealDisk()
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

    mutating func take(_ step: IngestStep) async throws {
        switch step {
        case .block(let block, let flags, let file, let linesBefore):
            tally.flagged += flags.events
            self.flags.add(flags)
            try await append(block, file, linesBefore)
        case .fileDone(let file, let summary, let deadLetters):
            tally.bytesIn += summary.bytes
            self.deadLetters = deadLetters
            if summary.bytes == 0, failedFile != file {
                note("\(file == "-" ? "standard input" : "\(file): the file") is empty")
            }
            leftOut.merge(summary.leftOut, uniquingKeysWith: +)
            take(summary, of: file)
        case .fileFailed(let error):
            failedFile = error.path
            note("error: \(error)")
        case .failed(let failure): throw failure
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

    private mutating func append(_ block: DecodedBlock, _ file: String, _ linesBefore: Int) async throws {
        tally.received += block.received
        tally.rejected += block.rejections.count
        for rejection in block.rejections {
            shownRejections += 1
            if shownRejections <= Self.shownRejectionsMax { note("refused: \(rejection.description(file: file))") }
        }
        if let batch = block.batch { try await append(batch, block.lines, linesBefore) }
        if manner.printsAcks {
            var line = JSONLine()
            line.field("ack", linesBefore + block.linesCovered)
            line.field("offset", tally.durable)
            manner.durability.add(to: &line)
            try Output.standard.line(line.text)
            try Output.standard.flush()
        }
        let tally = tally
        progress.update("\(tally.received.grouped) records, \(tally.rejected.grouped) refused")
    }

    /// Appends the events of a batch, under a producer only those that the log has not got.
    private mutating func append(_ batch: EventBatch, _ lines: [UInt32], _ linesBefore: Int) async throws {
        let level = manner.durability.level
        guard let share = try producer?.take(lines, linesBefore: linesBefore) else {
            return add(try await log.append(batch, durability: level))
        }
        tally.duplicate += share.known
        guard share.known < batch.rowCount else {
            tally.durable = max(tally.durable, share.knownEnd)
            return
        }
        let rest = share.known == 0 ? batch : batch.slice(rows: share.known..<batch.rowCount)
        add(try await log.append(rest, as: share.stamp, durability: level))
    }

    /// Counts what was appended, and says what went wrong behind it.
    private mutating func add(_ receipt: Receipt) {
        tally.add(receipt)
        for error in receipt.backgroundErrors { note("warning: \(error)") }
    }

    private mutating func note(_ text: String) {
        progress.clear()
        Output.error(text + "\n")
    }

    /// The log is closed already.
    private mutating func measure(_ data: String) throws {
        progress.clear()
        tally.seconds = progress.seconds
        let reader = try LogReader.open(at: data)
        tally.durable = try reader.durable().value
        tally.bytesOnDisk = try reader.segments().reduce(0) { $0 + $1.bytes }
    }

    /// The most frequent ways in which events differ from the catalog.
    private mutating func noteFlags() {
        let problems = flags.problems.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        for (what, count) in problems.prefix(Self.shownRejectionsMax) { note("flagged: \(what), \(count.grouped)×") }
        if problems.count > Self.shownRejectionsMax {
            note("… and \(problems.count - Self.shownRejectionsMax) more ways in which events are flagged")
        }
    }

    /// Prints the receipt.
    mutating func finish(asJSON: Bool, showsFlags: Bool = false) throws {
        if shownRejections > Self.shownRejectionsMax {
            note("… and \((shownRejections - Self.shownRejectionsMax).grouped) more refused")
        }
        for (name, count) in leftOut.sorted(by: { $0.key < $1.key }) {
            note("left out: \(name), of \(count.grouped) record\(count == 1 ? "" : "s")")
        }
        noteFlags()
        if let deadLetters { note("refused records are kept in \(deadLetters)") }
        if asJSON {
            try Output.standard.line(tally.json(manner.durability, showsFlags: showsFlags))
        } else if manner.printsAcks {
            // Standard output is for acknowledgements, which do not tell duplicates from new events.
            Output.error(tally.text)
        } else {
            try Output.standard.write(tally.text)
        }
    }
}
