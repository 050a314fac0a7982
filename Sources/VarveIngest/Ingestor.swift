internal import Synchronization
public import VarveEvents
public import VarveLog

/// Ingests records into one log, through any number of concurrent intakes.
///
///     let ingestor = try await Ingestor.open(at: "data")
///     var intake = try ingestor.intake()
///     try await intake.take(block)
///     let receipt = try await intake.finish()
public final class Ingestor: Sendable {
    public let log: LogWriter
    /// The file of refused records.
    public let deadLetters: DeadLetters
    let metrics = IngestMetrics()
    private struct Keys: Sendable {
        /// The latest append of each key since the log was opened.
        var latest: [UInt64: KnownAppends] = [:]
        var inUse: Set<UInt64> = []
        /// Keys in the order of their last append, for eviction.
        var order: [UInt64] = []

        mutating func forget(_ count: Int) {
            for key in order.prefix(count) { latest[key] = nil }
            order.removeFirst(count)
        }
    }
    private let keys = Mutex(Keys())
    /// The persistent store of keys.
    let keyStore: KeyStore
    /// As many as the log itself remembers.
    private static let keysMax = 65_536

    /// - Parameters:
    ///   - log: The log's writer. It stays open until its owner closes it.
    ///   - data: The log's directory.
    ///   - deadLetters: The file for refused records.
    public init(_ log: LogWriter, at data: String, deadLetters: DeadLetters) {
        self.log = log
        self.deadLetters = deadLetters
        keyStore = KeyStore(at: data) { [log] in Self.latest(of: $0, in: log) }
    }

    /// Opens the log in the directory `path`. A new log gets the catalog's retention rules unless the options have some.
    public static func open(
        at path: String, options: LogOptions = LogOptions()
    ) async throws(IngestError) -> Ingestor {
        do throws(LogError) {
            let log = try await LogWriter.open(at: path, options: options.withCatalogRules)
            return Ingestor(log, at: path, deadLetters: DeadLetters(in: IngestPaths.rejected(path)))
        } catch {
            throw IngestError(error)
        }
    }

    /// Begins an intake. Nothing is appended before the first full part, or `finish`.
    ///
    /// - Throws: `.keyInUse` while another intake has the same key, `.keyConflict` if it was used for different content.
    public func intake(
        _ options: IngestOptions = IngestOptions(), policy: IngestPolicy? = IngestPolicy()
    ) throws(IngestError) -> Intake {
        guard let key = options.key else { return Intake(self, options, policy) }
        try reserve(key.producer)
        let known = latest(of: key.producer)
        if let check = key.check, let known, known.number.check != check {
            release(key.producer)
            throw IngestError(.keyConflict, "the key was used before for a request with different content")
        }
        return Intake(self, options, policy, Numbering(producer: key.producer, known: known))
    }

    /// Closes the log: waits until everything is durable and releases its lock.
    public func close() async throws(IngestError) {
        keyStore.close()
        do throws(LogError) { try await log.close() } catch { throw IngestError(error) }
    }

    /// The latest append under a key, before or since the log was opened.
    func latest(of producer: UInt64) -> KnownAppends? {
        keys.withLock { $0.latest[producer] } ?? Self.latest(of: producer, in: log)
    }

    private static func latest(of producer: UInt64, in log: LogWriter) -> KnownAppends? {
        guard let found = log.latestAppend(of: producer) else { return nil }
        return KnownAppends(
            number: AppendNumber(sequence: found.stamp.sequence), end: found.offsets.upperBound, epoch: found.stamp.epoch)
    }

    /// Forgets keys that have not been used since `time`.
    public func forgetKeys(before time: Timestamp) async throws(IngestError) { try await keyStore.expire(before: time) }

    /// Reserves a key: one request at a time may use it.
    func reserve(_ producer: UInt64) throws(IngestError) {
        guard keys.withLock({ $0.inUse.insert(producer).inserted }) else {
            throw IngestError(.keyInUse, "another request with the same key is in progress")
        }
    }

    func note(_ known: KnownAppends, of producer: UInt64) {
        keys.withLock { keys in
            // A retry of an earlier append is not the latest one.
            if let latest = keys.latest[producer], latest.isLater(than: known) { return }
            if keys.latest.updateValue(known, forKey: producer) == nil {
                keys.order.append(producer)
                if keys.order.count > Self.keysMax { keys.forget(keys.order.count / 8) }
            }
        }
    }

    func release(_ producer: UInt64) {
        keys.withLock { _ = $0.inUse.remove(producer) }
    }
}

/// The progress of the appends under one key.
struct KnownAppends: Hashable, Sendable {
    /// The number of the last event in the log.
    var number: AppendNumber
    /// All known events are below this offset.
    var end: UInt64
    /// The producer's epoch; 1 if it has none.
    var epoch: UInt32 = 1

    func isLater(than other: KnownAppends) -> Bool {
        (epoch, number.sequence) > (other.epoch, other.number.sequence)
    }
}

/// The content of a complete request.
struct FinishedBody: Hashable, Sendable {
    var hash: UInt64
    var lines: Int
}
