internal import ServiceLifecycle
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
        switch error {
        case is CancellationError: return true
        case let error as WorkspaceError: return error.code == .cancelled
        default: return false
        }
    }
}
