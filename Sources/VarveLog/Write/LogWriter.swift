public import VarveDisk
public import VarveEvents

/// The single writer of a log.
///
/// Many tasks may append concurrently. An append returns when its events are durable: an fdatasync that began after their last
/// byte was written has succeeded, and the watermark covers them. Appends that arrive during a sync are committed together by
/// the next one, so throughput grows with the number of callers, and the writer holds no more batches than its callers do.
///
/// An append of level `interval` returns when its bytes are written; the fdatasync follows within `options.syncInterval`. A
/// power cut before it loses the latest of these events. Readers do not see them before it.
///
///     let log = try await LogWriter.open(at: "data")
///     let receipt = try await log.append(batch)
///     let sooner = try await log.append(batch, durability: .interval)    // sooner.durableWithin says by when
public final class LogWriter: Sendable {
    /// What opening the log found and did.
    public let recovery: RecoveryReport
    private let engine: WriterEngine
    private let errors: BackgroundErrors
    /// The producer table at the time the log was opened.
    private let producers: ProducerTable

    private init(
        _ engine: WriterEngine, _ errors: BackgroundErrors, _ recovery: RecoveryReport, _ producers: ProducerTable
    ) {
        self.engine = engine
        self.errors = errors
        self.recovery = recovery
        self.producers = producers
    }

    deinit { engine.close { _ in } }

    /// Opens the log in the directory `path`, creates it if needed, recovers it, and holds its lock until `close()`.
    ///
    /// - Throws: `.lockHeld`, with the holder's pid, when another writer holds the lock; `.newerFormat` when a newer program
    ///   wrote the log.
    public static func open(
        at path: String, disk: any Disk = RealDisk(), options: LogOptions = .init()
    ) async throws(LogError) -> LogWriter {
        let result: Result<LogWriter, LogError> = await withUnsafeContinuation { continuation in
            startBlockingThread {
                continuation.resume(returning: Result { () throws(LogError) in try start(path, disk, options) })
            }
        }
        return try result.get()
    }

    private static func start(_ path: String, _ disk: any Disk, _ options: LogOptions) throws(LogError) -> LogWriter {
        try typed {
            var seals: SealThread?
            let core = try LogCore(at: path, disk, options) { sealer in
                let thread = SealThread(sealer)
                seals = thread
                return { thread.submit($0) }
            }
            Reserve(disk, StorePaths(path)).make(bytes: options.reserveBytes)
            guard let seals else { preconditionFailure("a log core without a sealer") }
            let producers = core.planner.producers
            return LogWriter(WriterEngine(core, seals, elapsed: options.elapsed), core.errors, core.report, producers)
        }
    }

    /// Appends the rows of `batch` in order, except those whose (tenant, id) the log already has. On return they are durable,
    /// and so is everything appended before, unless `durability` is `interval`.
    ///
    /// After an error the events may or may not be in the log; after `.noSpace` and `.batchRefused` they are not. Appending
    /// them again is safe for events with an id, and for all events under the same stamp: the log returns the offsets of the
    /// first time and appends nothing.
    ///
    /// A batch is appended as a whole or not at all. A batch that exceeds a limit (`EventLimits`: rows, columns, raw bytes,
    /// bytes of a string, an id or a name) is refused with `.batchRefused`.
    ///
    /// - Throws: with a stamp also `.producerFenced`, when a later epoch of the producer has appended, and `.producerSequence`.
    ///   Once events of level `interval` could not be made durable, every append throws `.acknowledgedLost`.
    public func append(
        _ batch: EventBatch, as stamp: ProducerStamp? = nil, durability: Durability = .sync
    ) async throws(LogError) -> Receipt {
        let result: Result<Receipt, LogError> = await withUnsafeContinuation { continuation in
            do throws(LogError) {
                try submit(batch, as: stamp, durability: durability) { continuation.resume(returning: $0) }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    /// Current faults of background work: a segment that cannot be sealed, a wrong clock, ids that cannot be merged.
    public var backgroundErrors: [BackgroundError] { errors.all }

    /// Queues a batch; `reply` is called with the result on a thread of the writer.
    func submit(
        _ batch: EventBatch, as stamp: ProducerStamp?, durability: Durability,
        _ reply: @escaping @Sendable (Result<Receipt, LogError>) -> Void
    ) throws(LogError) {
        try batch.checkLimits()
        if let stamp, stamp.producer == 0 { throw LogError(.batchRefused, "0 is not a valid producer number") }
        engine.submit(WaitingAppend(batch: batch, stamp: stamp, durability: durability, reply: reply))
    }

    /// Asks the encoder thread to take `events` soon. Returns the reason if it never will.
    func encodeSoon(_ events: OpenEvents) -> LogError? { engine.encodeSoon(events) }

    /// The latest append of a producer at the time the log was opened, with its offsets, all of them durable; nil when the log
    /// has none. A producer that numbers its appends by input position continues after it.
    public func latestAppend(of producer: UInt64) -> (stamp: ProducerStamp, offsets: Range<UInt64>)? {
        producers.latest(of: producer)
    }

    /// Waits until everything appended so far is durable, then releases the lock. The log can be opened again at once.
    ///
    /// - Throws: `.acknowledgedLost` when events of level `interval` are not durable and will not be.
    public func close() async throws(LogError) {
        let error: LogError? = await withUnsafeContinuation { continuation in
            engine.close { continuation.resume(returning: $0) }
        }
        if let error { throw error }
    }
}
