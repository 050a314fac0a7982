internal import VarveDisk
internal import VarveEvents
internal import VarveLog
public import VarveWire

/// Ingests the body of one request as it arrives, in bounded memory:
///
///     var body = try BodyIngest(ingestor, DecodeOptions(.ndjson, now: now), key: .name("a7"))
///     for try await bytes in request { try body.feed(bytes); try await body.append() }
///     let result = try await body.finish()
///
/// A retry of an interrupted request under its key continues where the log stops. A retry of a completed request returns the
/// first outcome. Different content under the same key is a `.keyConflict`, detected before any of it is appended. The comparison
/// uses a hash of the whole content, which is stored in the key files (docs/format/keys.md) for as long as events are kept.
public struct BodyIngest: ~Copyable {
    /// The maximum number of refused records that `refused` lists.
    public static let refusedMax = 20
    /// A body up to this size is hashed as a whole before its first event is appended.
    static let headMax = 1 << 20

    /// The first refused records.
    public private(set) var refused: [Rejection] = []
    /// How many of them `refused` lists.
    public var refusedMost = Self.refusedMax
    /// Whether events by which alerting remembers what it did are refused: the sender may not speak for it.
    public var refusesAlerting = false
    /// Uncompressed bytes read so far.
    public private(set) var bytes: UInt64 = 0
    private let ingestor: Ingestor
    private let policy: IngestPolicy?
    private let key: BodyKey?
    /// The key's identity in the key files; its producer is the key's identity in the log.
    private let id: KeyID?
    private var isLooked = false
    private var intake: Intake
    private var decoder: InputDecoder
    /// The buffered beginning of a body under a key, until it is known whether the body is longer.
    private var head: [UInt8]?
    /// The check of the whole body, for a body of at most `headMax`.
    private var wholeCheck: UInt64?
    private var checks = LineChecks()
    /// The last append in the log and the content hash up to it, for a body longer than `headMax`.
    private var known: AppendNumber?
    private var knownDigest: UInt64?
    private var finished: KeyEntry.Finished?
    private var isOther = false

    /// - Parameters:
    ///   - scope: The key's namespace, such as a tenant. Equal keys in different scopes are different.
    /// - Throws: `.keyInUse` while another request has the same key.
    public init(
        _ ingestor: Ingestor, _ decoding: DecodeOptions, _ options: IngestOptions = IngestOptions(), key: BodyKey? = nil,
        scope: String = "", policy: IngestPolicy? = IngestPolicy()
    ) throws(IngestError) {
        let id = key.map { KeyID($0, scope: scope) }
        if let id { try ingestor.reserve(id.producer) }
        self.ingestor = ingestor
        self.policy = policy
        self.key = key
        self.id = id
        intake = Intake(ingestor, options, nil)
        decoder = InputDecoder(decoding)
        if case .name = key { head = [] }
        if case .sequence = key { intake.isWhole = true }
    }

    deinit {
        guard let id else { return }
        // Progress of an interrupted request is stored, however many other requests arrive before it is retried.
        if let entry = intake.entry, entry.finished == nil, entry.known.sequence != 0 { ingestor.keyStore.enqueue(entry) }
        ingestor.release(id.producer)
    }

    /// Reads bytes and decodes complete records. Call `append` before the next `feed`.
    public mutating func feed(_ raw: UnsafeRawBufferPointer) throws(IngestError) {
        bytes += UInt64(raw.count)
        guard key != nil else { return decode(raw) }
        count(raw)
        guard !checks.isFull else {
            throw IngestError(.tooManyLines, "the body has too many lines behind each other of which none is a record's")
        }
        guard head == nil else {
            head?.append(contentsOf: raw)
            return
        }
        guard !isOther else { throw Self.conflict }
        decode(raw)
    }

    /// Appends the full parts of the input fed so far.
    public mutating func append() async throws(IngestError) {
        try await loadEntry()
        if let all = head, all.count > Self.headMax { try beginLong(all) }
        try await hand(flush: false)
    }

    /// Call at the end of the body: appends the rest and returns the outcome of every record.
    ///
    /// - Throws: `.keyConflict` for different content under the same key.
    public mutating func finish() async throws(IngestError) -> (receipt: IngestReceipt, summary: InputSummary) {
        try await loadEntry()
        if key != nil { _ = checks.finish() }
        let all = FinishedBody(hash: checks.hashes.hash, lines: checks.hashes.lines)
        if let finished, finished.body != all { throw Self.conflict }
        if let id, let head { try beginShort(head, all, id.producer) }
        decoder.finish()
        if finished == nil, case .sequence(_, let epoch, let number) = key, let id {
            try setStamp(id.producer, epoch, number, all)
        }
        try await hand(flush: true)
        if let finished { intake.recall(finished, end: intake.entry?.end ?? 0) }
        try await intake.flush()
        guard finished != nil || intake.hasPassedKnown else {
            throw IngestError(.keyConflict, "the key was used before for a request with more records")
        }
        let receipt = try intake.receipt()
        if finished == nil { try await storeOutcome(all, receipt) }
        return (receipt, decoder.summary)
    }

    /// Looks up the stored entry of the key, once.
    private mutating func loadEntry() async throws(IngestError) {
        guard let id, !isLooked else { return }
        isLooked = true
        let entry = try await ingestor.keyStore.find(id) ?? KeyEntry(id)
        intake.entry = entry
        finished = entry.finished
        intake.isReplay = finished != nil
    }

    /// Stores the outcome of the request. A request without any event in the log stores nothing.
    private mutating func storeOutcome(_ all: FinishedBody, _ receipt: IngestReceipt) async throws(IngestError) {
        guard var entry = intake.entry, receipt.appended + receipt.duplicate > 0 else { return }
        entry.end = max(entry.end, (receipt.lastOffset ?? 0) &+ (receipt.lastOffset == nil ? 0 : 1))
        entry.finished = KeyEntry.Finished(
            body: all, events: receipt.appended + receipt.duplicate, rejected: receipt.rejected, first: receipt.firstOffset,
            last: receipt.lastOffset)
        try await ingestor.keyStore.put(entry, isSynced: receipt.durability == .sync)
        intake.entry = entry
    }

    /// The latest append under the key, and the digest of the content up to it if one is stored.
    private func latest(of producer: UInt64) -> (appends: KnownAppends?, digest: UInt64?) {
        let entry = intake.entry
        if let known = ingestor.latest(of: producer) { return (known, entry?.digest(of: known.number.sequence)) }
        guard let entry, entry.known.sequence != 0 else { return (nil, nil) }
        let number = AppendNumber(sequence: entry.known.sequence)
        return (KnownAppends(number: number, end: entry.end, epoch: entry.epoch), entry.known.digest)
    }

    private static let conflict = IngestError(.keyConflict, "the key was used before for a request with different content")

    private mutating func decode(_ raw: UnsafeRawBufferPointer) {
        decoder.set(now: Timestamp(nanoseconds: wallClockNanoseconds()))
        decoder.feed(raw)
    }

    /// Hashes the lines of a body under a key, and compares them with the stored digest.
    private mutating func count(_ raw: UnsafeRawBufferPointer) {
        let (known, digest, finished) = (known, knownDigest, finished?.body)
        var isOther = isOther
        checks.add(raw) { hashes in
            if let known, hashes.lines == known.line, !Self.isSame(hashes.hash, known, digest) { isOther = true }
            guard let finished, hashes.lines >= finished.lines else { return }
            if hashes.lines > finished.lines || hashes.hash != finished.hash { isOther = true }
        }
        self.isOther = isOther
    }

    /// Whether the content equals the content in the log: by the full digest, or by its 12-bit check if the digest was lost in
    /// a power cut.
    private static func isSame(_ hash: UInt64, _ known: AppendNumber, _ digest: UInt64?) -> Bool {
        digest.map { $0 == hash } ?? (hash & AppendNumber.checkMask == known.check)
    }

    /// The body is longer than `headMax`: each part is identified by the hash of the content up to its end.
    private mutating func beginLong(_ all: [UInt8]) throws(IngestError) {
        head = nil
        guard let id else { return }
        let (latest, digest) = latest(of: id.producer)
        (known, knownDigest) = (latest?.number, digest)
        // The buffered beginning was counted before it was known what to compare it with.
        checks = LineChecks()
        all.withUnsafeBytes { count($0) }
        guard !isOther else { throw Self.conflict }
        intake.begin(Numbering(producer: id.producer, known: latest))
        all.withUnsafeBytes { decode($0) }
    }

    private mutating func beginShort(_ all: [UInt8], _ body: FinishedBody, _ producer: UInt64) throws(IngestError) {
        head = nil
        let (latest, digest) = latest(of: producer)
        if finished == nil, let latest, !Self.isSame(body.hash, latest.number, digest) { throw Self.conflict }
        wholeCheck = body.hash
        intake.begin(Numbering(producer: producer, known: latest))
        all.withUnsafeBytes { decode($0) }
    }

    /// Sets the number of the request's only append.
    private mutating func setStamp(
        _ producer: UInt64, _ epoch: UInt32, _ number: UInt64, _ body: FinishedBody
    ) throws(IngestError) {
        let own = AppendNumber(sequence: number << AppendNumber.checkBits | body.hash & AppendNumber.checkMask)
        intake.wholeDigest = body.hash
        let (latest, digest) = latest(of: producer)
        if let latest, latest.epoch == epoch, latest.number.place == own.place,
            latest.number != own || digest.map({ $0 != body.hash }) ?? false
        {
            throw IngestError(.keyConflict, "the producer's number was used before for a request with different content")
        }
        intake.wholeStamp = ProducerStamp(producer: producer, epoch: epoch, sequence: own.sequence)
    }

    private mutating func hand(flush: Bool) async throws(IngestError) {
        while let decoded = decoder.nextBlock(flush: flush) {
            let check = wholeCheck ?? (key == nil ? 0 : checks.take(upTo: decoded.lines.last.map(Int.init)))
            if let line = decoded.rejections.last?.line { checks.drop(before: line) }
            let own = refusesAlerting ? AlertingEvents.refused(in: decoded) : decoded
            let (block, flags) = policy?.apply(own) ?? (own, FlagTally())
            intake.count(flags)
            for rejection in block.rejections {
                if refused.count < refusedMost { refused.append(rejection) }
                intake.refuse(rejection)
            }
            if let batch = block.batch { try await intake.take(batch, block.lines, check: check) }
        }
    }
}
