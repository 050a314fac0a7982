internal import Synchronization
internal import VarveEvents
internal import VarveLog
internal import VarveWorkspace

/// Where a running server records what is done to it: `DIR/system`.
final class AuditTrail: Sendable {
    private let system = Mutex<Workspace?>(nil)

    func open(_ workspace: Workspace) { system.withLock { $0 = workspace } }

    /// The system's log; nil before it is open.
    var workspace: Workspace? { system.withLock { $0 } }

    /// Records an act. It is on disk when this returns, but for pages and exports, which a power cut may forget.
    ///
    /// - Throws: 503 when it cannot be recorded: then it was not allowed either.
    func write(_ record: AuditRecord) async throws(Problem) {
        guard let workspace else { throw Self.unavailable }
        let isLight = record.act == .view || record.act == .export
        do {
            try await workspace.append([record.event], durability: isLight ? .interval : .sync)
        } catch {
            throw Self.unavailable
        }
    }

    private static let unavailable = Problem(503, "no_audit", "what is done here cannot be recorded now", retryAfter: 2)
}
