public import Logging
public import ServiceLifecycle

/// Keeps a workspace open until the program is asked to stop: then its feed ends, everything is made durable, and the directory
/// is let go. It belongs first in a `ServiceGroup`, which stops its services in reverse order.
public struct WorkspaceService: Service {
    private let workspace: Workspace
    private let logger: Logger

    public init(_ workspace: Workspace, logger: Logger) {
        self.workspace = workspace
        self.logger = logger
    }

    /// Returns when the workspace is closed.
    ///
    /// - Throws: `WorkspaceError` when something that was acknowledged at level `interval` could not be made durable.
    public func run() async throws {
        logger.info("workspace open", metadata: ["path": "\(workspace.path)"])
        // Cancellation is a way to be asked, too: what is in hand is made durable all the same.
        try? await gracefulShutdown()
        workspace.set(.stopping, of: "log")
        do {
            try await workspace.close()
        } catch {
            logger.error("workspace not closed well", metadata: ["error": "\(error)"])
            throw error
        }
        logger.info("workspace closed", metadata: ["path": "\(workspace.path)"])
    }
}
