internal import VarveDisk
internal import VarveEvents

/// The store of idempotency keys: `keys/` in the data directory. Source, not derived. One thread reads and writes; concurrent
/// waiters share one sync. The directory is opened when the first key is used.
final class KeyStore: Sendable {
    private struct Waiting: Sendable {
        var work: @Sendable (inout KeyFiles) throws -> KeyEntry?
        var isSynced = false
        var reply: @Sendable (Result<KeyEntry?, any Error>) -> Void = { _ in }
    }

    private struct State: Sendable {
        var waiting: [Waiting] = []
        var isRunning = false
        var isClosed = false
    }

    private let data: String
    private let disk: any Disk
    private let state = Monitor(State())
    private let latest: @Sendable (UInt64) -> KnownAppends?

    /// - Parameter latest: Returns the latest append of a producer in the log.
    init(at data: String, on disk: any Disk = RealDisk(), latest: @escaping @Sendable (UInt64) -> KnownAppends?) {
        self.data = data
        self.disk = disk
        self.latest = latest
    }

    deinit { close() }

    func find(_ id: KeyID) async throws(IngestError) -> KeyEntry? {
        try await run(Waiting { try $0.find(id) })
    }

    /// Writes an entry. When it returns, the kernel has the entry; if `isSynced` is set, it is on disk.
    func put(_ entry: KeyEntry, isSynced: Bool) async throws(IngestError) {
        let entry = Self.dated(entry)
        _ = try await run(
            Waiting(
                work: {
                    try $0.put(entry); return nil
                }, isSynced: isSynced))
    }

    /// Queues an entry for writing.
    func enqueue(_ entry: KeyEntry) {
        let entry = Self.dated(entry)
        submit(
            Waiting {
                try $0.put(entry); return nil
            })
    }

    /// Removes files without entries younger than `time`.
    func expire(before time: Timestamp) async throws(IngestError) {
        let second = UInt64(max(0, time.nanoseconds / 1_000_000_000))
        _ = try await run(
            Waiting {
                _ = try $0.expire(before: second); return nil
            })
    }

    func close() { state.withLock { $0.isClosed = true } }

    private static func dated(_ entry: KeyEntry) -> KeyEntry {
        var entry = entry
        entry.second = UInt32(clamping: wallClockNanoseconds() / 1_000_000_000)
        return entry
    }

    private func run(_ waiting: Waiting) async throws(IngestError) -> KeyEntry? {
        let result: Result<KeyEntry?, any Error> = await withUnsafeContinuation { continuation in
            var waiting = waiting
            waiting.reply = { continuation.resume(returning: $0) }
            submit(waiting)
        }
        do { return try result.get() } catch { throw IngestError(any: error) }
    }

    private func submit(_ waiting: Waiting) {
        let starts: Bool? = state.withLock { state in
            guard !state.isClosed else { return nil }
            state.waiting.append(waiting)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard let starts else { return waiting.reply(.failure(CancellationError())) }
        guard starts else { return }
        startBlockingThread { [state, data, disk, latest] in
            Self.work(state, KeyFiles(data: data, disk: disk), latest)
        }
    }

    private static func work(_ state: Monitor<State>, _ files: consuming KeyFiles, _ latest: (UInt64) -> KnownAppends?) {
        var files = files
        while true {
            let batch: [Waiting] = state.wait { state in
                guard !state.waiting.isEmpty else { return state.isClosed ? [] : nil }
                defer { state.waiting = [] }
                return state.waiting
            }
            if batch.isEmpty { return }
            var results: [Result<KeyEntry?, any Error>] = batch.map { waiting in
                Result {
                    try files.open(latest)
                    return try waiting.work(&files)
                }
            }
            if batch.contains(where: \.isSynced) {
                do { try files.sync() } catch {
                    for index in batch.indices where batch[index].isSynced { results[index] = .failure(error) }
                }
            }
            for (waiting, result) in zip(batch, results) { waiting.reply(result) }
        }
    }
}
