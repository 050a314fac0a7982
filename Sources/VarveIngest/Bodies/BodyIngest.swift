internal import VarveDisk
internal import VarveEvents
internal import VarveLog
public import VarveWire

/// Takes in the body of one request as it comes, in bounded memory:
///
///     var body = try BodyIngest(ingestor, DecodeOptions(.ndjson, now: now), key: .name("a7"))
///     for try await bytes in request { try body.feed(bytes); try await body.append() }
///     let result = try await body.finish()
///
/// A request that was cut off, and is sent again under its key, goes on where the log stops. Other content under the same key is
/// `.keyConflict`: noticed before anything of it is appended. While the log stays open all of the content is compared; after a
/// restart 12 bits of its hash are, of the whole content of a short body, and of a long one up to where the log stops.
public struct BodyIngest: ~Copyable {
    /// Refused records that are told one by one.
    public static let refusedMax = 20
    /// A body that is no longer than this is known as a whole before its first event.
    static let headMax = 1 << 20

    /// The first refused records.
    public private(set) var refused: [Rejection] = []
    /// Unpacked bytes taken so far.
    public private(set) var bytes: UInt64 = 0
    private let ingestor: Ingestor
    private let policy: IngestPolicy?
    private let key: BodyKey?
    /// What the log calls the key.
    private let producer: UInt64?
    private var intake: Intake
    private var decoder: InputDecoder
    /// The beginning of a body under a key, until it is known whether that is all of it.
    private var head: [UInt8]?
    /// The check of a body that is known as a whole.
    private var wholeCheck: UInt64?
    private var checks = LineChecks()
    /// Up to where the log has the content, of a body that is not known as a whole.
    private var known: AppendNumber?
    private let finished: FinishedBody?
    private var isOther = false

    /// - Parameters:
    ///   - scope: Whose key it is: a tenant, say. Equal keys of two scopes are two keys.
    /// - Throws: `.keyInUse` while another request has the same key.
    public init(
        _ ingestor: Ingestor, _ decoding: DecodeOptions, _ options: IngestOptions = IngestOptions(), key: BodyKey? = nil,
        scope: String = "", policy: IngestPolicy? = IngestPolicy()
    ) throws(IngestError) {
        let producer: UInt64? =
            switch key {
            case nil: nil
            case .name(let name): IngestKey(name, scope: scope).producer
            case .sequence(let name, _, _): IngestKey(producer: name, scope: scope).producer
            }
        if let producer { try ingestor.reserve(producer) }
        self.ingestor = ingestor
        self.policy = policy
        self.key = key
        self.producer = producer
        intake = Intake(ingestor, options, nil)
        decoder = InputDecoder(decoding)
        finished = producer.flatMap { ingestor.finished($0) }
        if case .name = key { head = [] }
        if case .sequence = key { intake.isWhole = true }
    }

    deinit { if let producer { ingestor.release(producer) } }

    /// Takes bytes and decodes what is complete. Call `append` before the next.
    public mutating func feed(_ raw: UnsafeRawBufferPointer) throws(IngestError) {
        bytes += UInt64(raw.count)
        guard key != nil else { return decode(raw) }
        count(raw)
        guard head != nil else {
            guard !isOther else { throw Self.conflict }
            return decode(raw)
        }
        head?.append(contentsOf: raw)
        if let all = head, all.count > Self.headMax { try beginLong(all) }
    }

    /// Appends the full parts of what was fed.
    public mutating func append() async throws(IngestError) { try await hand(flush: false) }

    /// The body has ended: appends the rest, and says what became of every record.
    ///
    /// - Throws: `.keyConflict` for other content under the same key.
    public mutating func finish() async throws(IngestError) -> (receipt: IngestReceipt, summary: InputSummary) {
        if key != nil { _ = checks.finish() }
        let all = FinishedBody(hash: checks.hashes.hash, lines: checks.hashes.lines)
        if let producer, case .name = key {
            if let finished, finished != all { throw Self.conflict }
            if let head { try beginShort(head, all, producer) }
        }
        decoder.finish()
        if case .sequence(_, let epoch, let number) = key, let producer { try setStamp(producer, epoch, number, all) }
        try await hand(flush: true)
        try await intake.flush()
        guard intake.hasPassedKnown else {
            throw IngestError(.keyConflict, "the key was used before for a request with more records")
        }
        if let producer, case .name = key { ingestor.note(all, of: producer) }
        return (try intake.receipt(), decoder.summary)
    }

    private static let conflict = IngestError(.keyConflict, "the key was used before for a request with other content")

    private mutating func decode(_ raw: UnsafeRawBufferPointer) {
        decoder.set(now: Timestamp(nanoseconds: wallClockNanoseconds()))
        decoder.feed(raw)
    }

    /// Counts the lines of a body under a key, and compares them with what is known of it.
    private mutating func count(_ raw: UnsafeRawBufferPointer) {
        let (known, finished) = (known, finished)
        var isOther = isOther
        checks.add(raw) { hashes in
            if let known, hashes.lines == known.line, hashes.hash & AppendNumber.checkMask != known.check { isOther = true }
            guard let finished, hashes.lines >= finished.lines else { return }
            if hashes.lines > finished.lines || hashes.hash != finished.hash { isOther = true }
        }
        self.isOther = isOther
    }

    /// The body is longer than what is known as a whole: each part is known by the content up to its end.
    private mutating func beginLong(_ all: [UInt8]) throws(IngestError) {
        head = nil
        guard let producer else { return }
        let latest = ingestor.latest(of: producer)
        known = latest?.number
        // The beginning was counted before it was known what to compare it with.
        checks = LineChecks()
        all.withUnsafeBytes { count($0) }
        guard !isOther else { throw Self.conflict }
        intake.begin(Numbering(producer: producer, known: latest))
        all.withUnsafeBytes { decode($0) }
    }

    private mutating func beginShort(_ all: [UInt8], _ body: FinishedBody, _ producer: UInt64) throws(IngestError) {
        head = nil
        let check = body.hash & AppendNumber.checkMask
        let latest = ingestor.latest(of: producer)
        if let latest, latest.number.check != check { throw Self.conflict }
        wholeCheck = check
        intake.begin(Numbering(producer: producer, known: latest))
        all.withUnsafeBytes { decode($0) }
    }

    /// Gives the one append of the request its number.
    private mutating func setStamp(
        _ producer: UInt64, _ epoch: UInt32, _ number: UInt64, _ body: FinishedBody
    ) throws(IngestError) {
        let own = AppendNumber(sequence: number << AppendNumber.checkBits | body.hash & AppendNumber.checkMask)
        if let latest = ingestor.latest(of: producer), latest.epoch == epoch, latest.number.place == own.place,
            latest.number != own
        {
            throw IngestError(.keyConflict, "the producer's number was used before for a request with other content")
        }
        intake.wholeStamp = ProducerStamp(producer: producer, epoch: epoch, sequence: own.sequence)
    }

    private mutating func hand(flush: Bool) async throws(IngestError) {
        while let decoded = decoder.nextBlock(flush: flush) {
            let check = wholeCheck ?? (key == nil ? 0 : checks.take(upTo: decoded.lines.last.map(Int.init)))
            let (block, flags) = policy?.apply(decoded) ?? (decoded, FlagTally())
            intake.count(flags)
            for rejection in block.rejections {
                if refused.count < Self.refusedMax { refused.append(rejection) }
                intake.refuse(rejection)
            }
            if let batch = block.batch { try await intake.take(batch, block.lines, check: check) }
        }
    }
}
