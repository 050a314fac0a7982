internal import Logging
internal import VarveLog
internal import VarveWorkspace

/// Keeps the log of Varve's own events (`DIR/system`) from growing for ever: segments past the limit are removed, and the others
/// rewritten to be smaller, once an hour.
struct SystemLogRetention: Sendable {
    let system: Workspace
    /// How long an event is kept.
    let days: Int
    let logger: Logger
    /// Seconds before the first time, and between two.
    var firstSeconds = 30.0
    var everySeconds = 3_600.0

    /// Until it is cancelled.
    func run() async throws {
        try await Task.sleep(for: .seconds(firstSeconds))
        while !Task.isCancelled {
            do {
                _ = try await once()
            } catch let error as WorkspaceError where error.code != .cancelled {
                logger.warning("the log of notifications could not be cared for", metadata: ["error": "\(error)"])
            }
            try await Task.sleep(for: .seconds(everySeconds))
        }
    }

    /// Does both now. Returns how many events went.
    func once(_ change: @escaping @Sendable (inout RetentionRequest) -> Void = { _ in }) async throws -> UInt64 {
        let (path, days, logger) = (system.path, days, logger)
        return try await system.run {
            let maintenance = try LogMaintenance.open(at: path)
            var request = RetentionRequest(limit: Int64(days) * 86_400_000_000_000)
            change(&request)
            var removed: UInt64 = 0
            if !request.isConfirmed, let objection = try maintenance.objection(request) {
                logger.warning("nothing is removed from the log of notifications", metadata: ["objection": "\(objection)"])
            } else {
                removed = UInt64(try maintenance.retain(request).events)
            }
            let plan = try maintenance.planCompaction()
            if !plan.rewrites.isEmpty { _ = try maintenance.compact(plan) }
            return removed
        }
    }
}
