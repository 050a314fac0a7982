internal import VarveDisk
public import VarveEvents
internal import VarveLog
public import VarveWire

/// Takes in the records of one request. Parts that are full are appended while more records come; `finish` appends the rest and
/// gives the only receipt. An intake that is dropped abandons what is not appended yet.
///
/// Memory is bounded: one part that fills, and one that is being appended. Under a key the parts are numbered by the places of
/// their records, so that the same request, sent again after a failure, goes on where the log stops.
public struct Intake: ~Copyable {
    private let ingestor: Ingestor
    private let options: IngestOptions
    private let policy: IngestPolicy?
    private(set) var counts = IngestCounts()
    private var numbering: Numbering?
    private var waiting = PartBuilder()
    /// Refused records that are not in the dead letters yet.
    private var refused: [Rejection] = []
    /// Appends that are under way: one, or those of a few lines that have numbers of their own.
    private var inFlight: [InFlight] = []
    /// What the measurements were told.
    private var told = (appended: 0, duplicate: 0, rejected: 0)
    /// Records of batches that no decoder made.
    private var rowsTaken = 0
    /// Set where everything is one append, under this number.
    var wholeStamp: ProducerStamp?
    /// Whether everything is one append, whose number may come later.
    var isWhole = false
    /// The content of that append.
    var wholeDigest: UInt64 = 0
    /// What is kept of the key; nil where nothing is.
    var entry: KeyEntry?
    /// Whether the request was taken in before: its records are told again, and nothing of them is kept twice.
    var isReplay = false

    private struct InFlight: Sendable {
        var append: PendingAppend
        var rows: Int
        /// Rows that are older than the memory of ids.
        var old: [UInt32]
        var begun: ContinuousClock.Instant
        var stamp: ProducerStamp?
    }

    init(_ ingestor: Ingestor, _ options: IngestOptions, _ policy: IngestPolicy?, _ numbering: Numbering? = nil) {
        self.ingestor = ingestor
        self.options = options
        self.policy = policy
        self.numbering = numbering
    }

    deinit {
        if let key = options.key { ingestor.release(key.producer) }
    }

    /// Takes the events and refusals of a decoded block; the policy is applied first. Returns when there is room for more.
    public mutating func take(_ block: DecodedBlock) async throws(IngestError) {
        let (block, flags) = policy?.apply(block) ?? (block, FlagTally())
        counts.flags.add(flags)
        for rejection in block.rejections { refuse(rejection) }
        if let batch = block.batch { try await take(batch, block.lines) }
    }

    /// Takes events that no decoder made. Under a key each of them counts as a line.
    public mutating func take(_ batch: consuming EventBatch) async throws(IngestError) {
        guard rowsTaken + batch.rowCount < AppendNumber.lineMax else {
            throw IngestError(.tooManyLines, "a request has \(AppendNumber.lineMax) records at most")
        }
        let lines = (rowsTaken..<(rowsTaken + batch.rowCount)).map { UInt32(truncatingIfNeeded: $0 + 1) }
        rowsTaken += batch.rowCount
        try await take(DecodedBlock(batch, lines: lines))
    }

    /// Counts a record that is refused. It is kept in the dead letters together with the part that it stands in.
    public mutating func refuse(_ rejection: Rejection) {
        countRefused(rejection, from: options.source)
        if !isReplay { refused.append(rejection) }
    }

    /// Appends what waits, and returns when everything taken so far is as durable as the options say.
    public mutating func flush() async throws(IngestError) {
        try await appendWaiting()
        try await keepRefused()
        try await settle()
        let now = (appended: counts.appended, duplicate: counts.duplicate, rejected: counts.rejected)
        ingestor.metrics.add(
            (now.appended - told.appended, now.duplicate - told.duplicate, now.rejected - told.rejected))
        told = now
    }

    /// Everything below is on disk, by the latest append of this intake.
    public var durable: UInt64 { counts.durable }

    /// Appends the rest, and says what became of every record.
    ///
    /// - Throws: `.keyConflict` when the log has more under the key than was taken here.
    public consuming func finish() async throws(IngestError) -> IngestReceipt {
        try await flush()
        guard hasPassedKnown else {
            throw IngestError(.keyConflict, "the key was used before for a request with more records")
        }
        return try receipt()
    }

    /// Whether all that the log has under the key was taken here.
    var hasPassedKnown: Bool { numbering?.hasPassedKnown ?? true }

    /// The receipt of what was taken so far; everything is settled.
    func receipt() throws(IngestError) -> IngestReceipt {
        try IngestReceipt(
            counts, durability: options.durability, deadLetters: ingestor.deadLetters.path,
            idsForgottenUpTo: ingestor.log.recovery.idsForgottenUpTo)
    }

    // MARK: For the files' pipeline, which applies its policy and keeps refused records on a thread of its own

    /// True when it is the first of its cause.
    @discardableResult
    mutating func countRefused(_ rejection: Rejection, from source: String) -> Bool {
        counts.received += 1
        counts.rejected += 1
        return counts.refusals.add(rejection, from: source)
    }

    mutating func count(_ flags: FlagTally) { counts.flags.add(flags) }

    /// The counts of the first time, and where its events are.
    mutating func recall(_ finished: KeyEntry.Finished, end: UInt64) {
        counts.received = finished.events + finished.rejected
        (counts.appended, counts.duplicate, counts.rejected) = (0, finished.events, finished.rejected)
        (counts.firstOffset, counts.lastOffset) = (finished.first, finished.last)
        counts.durable = max(counts.durable, end)
    }

    /// Another input begins, with its own numbers.
    mutating func begin(_ numbering: Numbering?) { self.numbering = numbering }

    /// Takes the events whose records begin at these lines; under a key or a producer only those that the log has not got.
    /// `check` is that of the input's content up to the end of the batch.
    mutating func take(_ batch: EventBatch, _ lines: [UInt32], check: UInt64? = nil) async throws(IngestError) {
        guard !Task.isCancelled else { throw IngestError(.cancelled, "the ingest was cancelled") }
        if let numbering, numbering.isByLine, lines.first != lines.last {
            return try await takeByLine(batch, lines, check: check)
        }
        counts.received += batch.rowCount
        if isReplay {
            counts.duplicate += batch.rowCount
            return
        }
        var rest = batch
        var number: AppendNumber?
        if let share = try numbering?.take(lines, check: check ?? options.key?.check ?? 0) {
            counts.duplicate += share.known
            if share.known > 0 { counts.durable = max(counts.durable, share.knownEnd) }
            guard share.known < batch.rowCount else { return }
            if share.known > 0 { rest = batch.slice(rows: share.known..<batch.rowCount) }
            number = share.number
        }
        if waiting.add(rest, number, digest: check ?? 0) {
            if isWhole { return }
            if waiting.isFull { try await appendWaiting() }
        } else if isWhole {
            throw IngestError(
                .tooManyLines, "a request that is one append has \(EventLimits.rowsPerBatch) events and 16 MiB at most")
        } else {
            try await appendWaiting()
            _ = waiting.add(rest, number, digest: check ?? 0)
        }
        if waiting.isFull { try await appendWaiting() }
        if refused.count >= Self.refusedPerPart { try await keepRefused() }
    }

    /// The events of each line as an append of their own. All of them are under way at once, and share a commit.
    private mutating func takeByLine(_ batch: EventBatch, _ lines: [UInt32], check: UInt64?) async throws(IngestError) {
        var first = 0
        while first < lines.count {
            let end = lines[first...].firstIndex { $0 != lines[first] } ?? lines.count
            try await take(batch.slice(rows: first..<end), Array(lines[first..<end]), check: check)
            if let part = waiting.take() { try await begin(part) }
            first = end
        }
    }

    private static let refusedPerPart = 1_024

    /// Starts the append of what waits, when the one before is done.
    private mutating func appendWaiting() async throws(IngestError) {
        guard let part = waiting.take() else { return }
        try await settle()
        try await begin(part)
        try await keepRefused()
    }

    private mutating func begin(_ part: PartBuilder.Part) async throws(IngestError) {
        let stamp = wholeStamp ?? part.number.flatMap { numbering?.stamp($0) }
        if let stamp, var entry {
            // In the system's hands before the log's: whatever is in the log after a kill, its whole digest is known.
            entry.begun = KeyEntry.Place(sequence: stamp.sequence, digest: isWhole ? wholeDigest : part.digest)
            entry.epoch = stamp.epoch
            try await ingestor.ledger.put(entry, isSynced: false)
            self.entry = entry
        }
        do throws(LogError) {
            let append = try ingestor.log.submit(part.batch, as: stamp, durability: options.durability)
            let old = ingestor.log.recovery.idsForgottenUpTo.map { part.batch.rowsWithID(upTo: $0) } ?? []
            inFlight.append(
                InFlight(append: append, rows: part.batch.rowCount, old: old, begun: .now, stamp: stamp))
        } catch {
            throw IngestError(error)
        }
    }

    private mutating func keepRefused() async throws(IngestError) {
        guard !refused.isEmpty else { return }
        let kept = refused
        refused = []
        do throws(DiskError) {
            try await ingestor.deadLetters.addSoon(kept, from: options.source)
        } catch {
            throw IngestError(error)
        }
    }

    /// Waits for what is under way, and counts it.
    private mutating func settle() async throws(IngestError) {
        let begun = inFlight
        inFlight = []
        for part in begun {
            let receipt: Receipt
            do throws(LogError) { receipt = try await part.append.receipt() } catch { throw IngestError(error) }
            counts.add(receipt, rows: part.rows, old: part.old)
            ingestor.metrics.appendTook(.now - part.begun)
            guard let stamp = part.stamp else { continue }
            let end = receipt.offsets?.upperBound ?? receipt.durable.value
            ingestor.note(
                KnownAppends(number: AppendNumber(sequence: stamp.sequence), end: end, epoch: stamp.epoch), of: stamp.producer)
            guard var entry else { continue }
            (entry.known, entry.end) = (entry.begun, end)
            self.entry = entry
        }
    }
}
