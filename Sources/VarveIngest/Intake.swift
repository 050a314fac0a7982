internal import VarveDisk
public import VarveEvents
internal import VarveLog
public import VarveWire

/// Ingests the records of one request. Full parts are appended while more records arrive; `finish` appends the rest and returns
/// the only receipt. Dropping an intake discards records that are not yet appended.
///
/// Memory is bounded: one part being filled and one being appended. Under a key, appends are numbered by the positions of their
/// records, so that a retry of the same request continues where the log stops.
public struct Intake: ~Copyable {
    private let ingestor: Ingestor
    private let options: IngestOptions
    private let policy: IngestPolicy?
    private(set) var counts = IngestCounts()
    private var numbering: Numbering?
    private var waiting = PartBuilder()
    /// Refused records that are not in the dead letters yet.
    private var refused: [Rejection] = []
    /// Pending appends: one, or several of individually numbered lines.
    private var inFlight: [InFlight] = []
    /// The counts already reported to the metrics.
    private var reported = (appended: 0, duplicate: 0, rejected: 0)
    /// Records of batches that did not come from a decoder.
    private var rowsTaken = 0
    /// The number of the request's only append, if it is a single one.
    var wholeStamp: ProducerStamp?
    /// Whether the request is a single append, whose number may be set later.
    var isWhole = false
    /// The content digest of that append.
    var wholeDigest: UInt64 = 0
    /// The stored entry of the key; nil if none is stored.
    var entry: KeyEntry?
    /// Whether the request is a retry of a completed one: its records count as duplicates, and nothing is stored again.
    var isReplay = false

    private struct InFlight: Sendable {
        var append: PendingAppend
        var rows: Int
        /// Rows older than the log's id index.
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

    /// Adds the events and rejections of a decoded block, after applying the policy. Waits until there is room for more.
    public mutating func take(_ block: DecodedBlock) async throws(IngestError) {
        let (block, flags) = policy?.apply(block) ?? (block, FlagTally())
        counts.flags.add(flags)
        for rejection in block.rejections { refuse(rejection) }
        if let batch = block.batch { try await take(batch, block.lines) }
    }

    /// Adds events that did not come from a decoder. Under a key each event counts as a line.
    public mutating func take(_ batch: consuming EventBatch) async throws(IngestError) {
        guard rowsTaken + batch.rowCount < AppendNumber.lineMax else {
            throw IngestError(.tooManyLines, "a request may have at most \(AppendNumber.lineMax) records")
        }
        let lines = (rowsTaken..<(rowsTaken + batch.rowCount)).map { UInt32(truncatingIfNeeded: $0 + 1) }
        rowsTaken += batch.rowCount
        try await take(DecodedBlock(batch, lines: lines))
    }

    /// Counts a refused record. It is written to the dead letters together with its part.
    public mutating func refuse(_ rejection: Rejection) {
        countRefused(rejection, from: options.source)
        if !isReplay { refused.append(rejection) }
    }

    /// Appends waiting records, and returns when everything added so far has the requested durability.
    public mutating func flush() async throws(IngestError) {
        try await appendWaiting()
        try await keepRefused()
        try await settle()
        let now = (appended: counts.appended, duplicate: counts.duplicate, rejected: counts.rejected)
        ingestor.metrics.add(
            (now.appended - reported.appended, now.duplicate - reported.duplicate, now.rejected - reported.rejected))
        reported = now
    }

    /// Every event below this offset is on disk, by the latest append of this intake.
    public var durable: UInt64 { counts.durable }

    /// Appends the rest, and returns the outcome of every record.
    ///
    /// - Throws: `.keyConflict` if the log has more records under the key than this intake.
    public consuming func finish() async throws(IngestError) -> IngestReceipt {
        try await flush()
        guard hasPassedKnown else {
            throw IngestError(.keyConflict, "the key was used before for a request with more records")
        }
        return try receipt()
    }

    /// Whether everything that the log has under the key was seen in this intake.
    var hasPassedKnown: Bool { numbering?.hasPassedKnown ?? true }

    /// The receipt of everything added so far. All appends must have completed.
    func receipt() throws(IngestError) -> IngestReceipt {
        try IngestReceipt(
            counts, durability: options.durability, deadLetters: ingestor.deadLetters.path,
            idsForgottenUpTo: ingestor.log.recovery.idsForgottenUpTo)
    }

    // MARK: For file ingestion, which applies its policy and writes refused records on its own thread

    /// True if the cause is new.
    @discardableResult
    mutating func countRefused(_ rejection: Rejection, from source: String) -> Bool {
        counts.received += 1
        counts.rejected += 1
        return counts.refusals.add(rejection, from: source)
    }

    mutating func count(_ flags: FlagTally) { counts.flags.add(flags) }

    /// Restores the counts and offsets of the completed request.
    mutating func recall(_ finished: KeyEntry.Finished, end: UInt64) {
        counts.received = finished.events + finished.rejected
        (counts.appended, counts.duplicate, counts.rejected) = (0, finished.events, finished.rejected)
        (counts.firstOffset, counts.lastOffset) = (finished.first, finished.last)
        counts.durable = max(counts.durable, end)
    }

    /// Begins another input with its own numbering.
    mutating func begin(_ numbering: Numbering?) { self.numbering = numbering }

    /// Adds the events whose records begin at these lines; under a key or a producer only those that are not in the log.
    /// `check` covers the input's content up to the end of the batch.
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
                .tooManyLines, "a request in a single append may have at most \(EventLimits.rowsPerBatch) events and 16 MiB")
        } else {
            try await appendWaiting()
            _ = waiting.add(rest, number, digest: check ?? 0)
        }
        if waiting.isFull { try await appendWaiting() }
        if refused.count >= Self.refusedPerPart { try await keepRefused() }
    }

    /// Appends the events of each line separately. All these appends are submitted at once and share a commit.
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

    /// Submits the waiting part once the previous append has completed.
    private mutating func appendWaiting() async throws(IngestError) {
        guard let part = waiting.take() else { return }
        try await settle()
        try await begin(part)
        try await keepRefused()
    }

    private mutating func begin(_ part: PartBuilder.Part) async throws(IngestError) {
        let stamp = wholeStamp ?? part.number.flatMap { numbering?.stamp($0) }
        if let stamp, var entry {
            // The entry is written before the append: after a kill, the full digest of everything in the log is available.
            entry.begun = KeyEntry.Place(sequence: stamp.sequence, digest: isWhole ? wholeDigest : part.digest)
            entry.epoch = stamp.epoch
            try await ingestor.keyStore.put(entry, isSynced: false)
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
            try await ingestor.deadLetters.addInBackground(kept, from: options.source)
        } catch {
            throw IngestError(error)
        }
    }

    /// Waits for pending appends, and counts them.
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
