internal import Logging
internal import ServiceLifecycle
internal import Synchronization
internal import VarveAlerts
internal import VarveWorkspace

/// Evaluates the rules of the directory while the server runs. Nothing that happens to it stops the server.
struct AlertsHolder: Service {
    let state: ServerState
    let options: AlertOptions
    let logger: Logger

    func run() async throws {
        while state.workspace == nil, !Task.isShuttingDownGracefully, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(20))
        }
        guard let workspace = state.workspace, !Task.isShuttingDownGracefully, !Task.isCancelled else { return }
        // Not before its rules were read: a list of none would be taken for all of them.
        let service = AlertService(workspace, options, system: state.audit.workspace, logger: logger) { alerts in
            state.liveAlerts.withLock { $0 = alerts }
        }
        try await service.run()
        // The group ends when a service does.
        try? await gracefulShutdown()
    }
}
