public import Logging
public import ServiceLifecycle

/// Keeps a workspace open until graceful shutdown; then it ends the feed, makes everything durable, and closes the directory.
/// It must be the first service in a `ServiceGroup`, which stops its services in reverse order.
public struct WorkspaceService: Service {
    private let workspace: Workspace
    private let logger: Logger

    public init(_ workspace: Workspace, logger: Logger) {
        self.workspace = workspace
        self.logger = logger
    }

    /// Returns when the workspace is closed.
    ///
    /// - Throws: `WorkspaceError` if events acknowledged at level `interval` could not be made durable.
    public func run() async throws {
        logger.info("workspace open", metadata: ["path": "\(workspace.path)"])
        // Cancellation is also a shutdown request: pending events are made durable all the same.
        try? await gracefulShutdown()
        workspace.set(.stopping, of: "log")
        do {
            try await workspace.close()
        } catch {
            logger.error("workspace not closed cleanly", metadata: ["error": "\(error)"])
            throw error
        }
        logger.info("workspace closed", metadata: ["path": "\(workspace.path)"])
    }
}
