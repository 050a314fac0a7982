public import Logging
public import ServiceLifecycle
internal import Synchronization
public import VarveProjections
public import VarveViews

/// Keeps views up to date until graceful shutdown. The projector commits everything it has folded before it ends.
public struct ProjectorService: Service {
    private let workspace: Workspace
    private let name: String
    private let views: [AnyView]
    private let options: ProjectorOptions
    private let logger: Logger

    /// - Parameters:
    ///   - workspace: The directory of log and views.
    ///   - name: The projector's name; one process runs it at a time.
    ///   - views: The views it maintains.
    ///   - options: How often it commits, and how it handles an event that a view cannot fold.
    ///   - logger: Logs when it starts, pauses, fails and stops.
    public init(
        _ workspace: Workspace, name: String = "main", views: [AnyView], options: ProjectorOptions = ProjectorOptions(),
        logger: Logger
    ) {
        self.workspace = workspace
        self.name = name
        self.views = views
        self.options = options
        self.logger = logger
    }

    private var part: String { "projector \(name)" }

    /// Returns when the projector has stopped.
    ///
    /// - Throws: `WorkspaceError` with `.view` if the projector cannot be opened or fails.
    public func run() async throws {
        workspace.set(.starting("rebuilding"), of: part)
        let projector = try await open()
        let watched = Watched(workspace, part, logger)
        defer { workspace.set(.stopping, of: part) }
        do {
            let progress = try await withTaskCancellationOrGracefulShutdownHandler {
                try await projector.run(follow: true) { watched.see($0) }
            } onCancelOrGracefulShutdown: {
                projector.stop()
            }
            logger.info("projector stopped", metadata: ["projector": "\(name)", "offset": "\(progress.offset)"])
        } catch let error as ViewError where error.code == .stopped {
            logger.info("projector stopped", metadata: ["projector": "\(name)"])
        } catch {
            let fault = WorkspaceError(error, place: workspace.path)
            workspace.set(.degraded(fault.message), of: part)
            logger.error("projector failed", metadata: ["projector": "\(name)", "error": "\(fault)"])
            throw fault
        }
    }

    private func open() async throws(WorkspaceError) -> Projector {
        let opened: Result<Projector, ViewError> = await onThread { [workspace, name, views, options] in
            Result { () throws(ViewError) in
                try Projector.open(at: workspace.path, name: name, all: views, options: options)
            }
        }
        do throws(ViewError) { return try opened.get() } catch { throw WorkspaceError(error, place: workspace.path) }
    }

    /// Derives readiness from progress, and logs each change once.
    private final class Watched: Sendable {
        private let workspace: Workspace
        private let part: String
        private let logger: Logger
        private let latest = Mutex<Readiness?>(nil)

        init(_ workspace: Workspace, _ part: String, _ logger: Logger) {
            self.workspace = workspace
            self.part = part
            self.logger = logger
        }

        func see(_ progress: ProjectorProgress) {
            let next: Readiness =
                if let event = progress.paused {
                    .degraded("paused before offset \(event.offset): \(event.reason)")
                } else {
                    .ready
                }
            let isNew = latest.withLock { latest in
                defer { latest = next }
                return latest != next
            }
            guard isNew else { return }
            workspace.set(next, of: part)
            logger.info("\(part) \(next)", metadata: ["offset": "\(progress.offset)", "durable": "\(progress.durable)"])
        }
    }
}
