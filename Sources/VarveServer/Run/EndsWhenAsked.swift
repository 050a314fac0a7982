internal import ServiceLifecycle
internal import VarveIngest
internal import VarveLog
internal import VarveViews
internal import VarveWorkspace

/// Runs a service, and takes its cancellation for a normal end once the server is asked to stop.
///
/// A stop may come at any moment, also while a service still opens a log or answers a question. What it was doing then ends with
/// a cancellation, which is no fault of the server: without this, such a stop would end with exit code 70.
struct EndsWhenAsked: Service {
    let service: any Service

    func run() async throws {
        do {
            try await service.run()
        } catch  where isStopped(error) {
            return
        }
    }

    private func isStopped(_ error: any Error) -> Bool {
        guard Task.isShuttingDownGracefully || Task.isCancelled else { return false }
        return Self.isOfAStop(error)
    }

    /// Whether this is what an operation says that a stop has cut off, in whichever layer, or that found its log closed.
    static func isOfAStop(_ error: any Error) -> Bool {
        switch error {
        case is CancellationError: true
        case let error as ServerError: error.workspace.map(isOfAStop) ?? false
        case let error as WorkspaceError: error.code == .cancelled || error.log.map(isOfAStop) ?? false
        case let error as IngestError: error.code == .cancelled || error.log.map(isOfAStop) ?? false
        case let error as ViewError: error.code == .stopped || error.log.map(isOfAStop) ?? false
        case let error as LogError: error.code == .closed
        default: false
        }
    }
}
