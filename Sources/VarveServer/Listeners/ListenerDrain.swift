internal import Logging
internal import VarveDisk
internal import VarveEvents
internal import VarveIngest
internal import VarveLog
internal import VarveWire
internal import VarveWorkspace

/// Appends what waits in a listener's queue: everything that has come in the meantime with one sync.
struct ListenerDrain: Sendable {
    let settings: ListenerSettings
    let queue: ListenerQueue
    let counts: ListenerCounts
    let state: ServerState
    let logger: Logger

    /// Bytes of messages that are appended at once.
    private static let portion = 4 << 20
    /// Seconds between attempts while the log takes nothing, as on a full disk.
    private static let pause = 1.0

    /// Returns once the queue is closed and empty.
    func run(_ workspace: Workspace) async {
        let workspace = WritableWorkspace(workspace)
        while let items = await queue.take(Self.portion) {
            var plain: [ListenerQueue.Item] = []
            for item in items {
                guard item.key != nil else {
                    plain.append(item)
                    continue
                }
                await append(plain, workspace)
                plain = []
                await append([item], workspace)
            }
            await append(plain, workspace)
        }
    }

    /// Appends items, none or all of one key, until the log takes them. What is refused was not understood, and is in the dead
    /// letters: it would be refused again.
    private func append(_ items: [ListenerQueue.Item], _ workspace: WritableWorkspace) async {
        guard !items.isEmpty else { return }
        var isFirst = true
        while true {
            do {
                try await appendOnce(items, workspace)
                for item in items { item.isDone?(true) }
                return
            } catch {
                if isFirst { logger.error("\(counts.name): the log does not take it", metadata: ["error": "\(error)"]) }
                isFirst = false
                // A sender that waits for an answer sends it again; the others' messages wait while the server runs.
                let isAnswered = items.contains { $0.isDone != nil }
                if isAnswered || Self.isFinal(error) || isStopping {
                    counts.drop(items.count)
                    for item in items { item.isDone?(false) }
                    return
                }
                try? await Task.sleep(for: .seconds(Self.pause))
            }
        }
    }

    private var isStopping: Bool {
        if case .stopping = state.now { return true }
        return Task.isCancelled
    }

    /// Whether it would fail again, whatever happens: another message has the key.
    private static func isFinal(_ error: any Error) -> Bool {
        (error as? IngestError)?.code == .keyConflict
    }

    private func appendOnce(_ items: [ListenerQueue.Item], _ workspace: WritableWorkspace) async throws {
        var decoding = DecodeOptions(settings.kind.format, now: Timestamp(nanoseconds: wallClockNanoseconds()))
        decoding.zone = settings.zone
        decoding.takesAnySyslog = true
        let key = items.count == 1 ? items[0].key.map { BodyKey.name("\(settings.kind.rawValue) \($0)") } : nil
        var body = try workspace.body(
            decoding, IngestOptions(durability: .sync, source: counts.name), key: key, policy: nil)
        for item in items {
            try item.bytes.withUnsafeBytes { try body.feed($0) }
            try await body.append()
        }
        let (receipt, _) = try await body.finish()
        counts.add(appended: receipt.appended, duplicate: receipt.duplicate, rejected: receipt.rejected)
        for cause in receipt.refusals.causes { state.metrics.rejected(cause.reason.rawValue, cause.count) }
    }
}
