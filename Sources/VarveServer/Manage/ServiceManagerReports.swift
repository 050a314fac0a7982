internal import Logging
internal import ServiceLifecycle
internal import VarveEvents
internal import VarveWorkspace

/// Tells the service manager how it goes: that opening takes longer, how far the log is, and that the server answers.
struct ServiceManagerReports: Service {
    let state: ServerState
    let logger: Logger
    private static let statusSeconds = 10.0

    func run() async throws {
        let manager = state.manager
        guard manager.isThere else { return try await gracefulShutdown() }
        let pause = min(Self.statusSeconds, manager.watchdogSeconds.map { $0 / 2 } ?? Self.statusSeconds)
        var isReady = false
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            switch state.now {
            case .starting(let what):
                manager.extend(seconds: 30)
                manager.status("starting: \(what)")
            case .ready(let home):
                if let durable = try? await home.workspace.durable() {
                    manager.alive()
                    if isReady { manager.status("durable up to offset \(durable.value)") }
                }
                isReady = true
            case .stopping: return
            }
            let wait = isReady ? pause : 1
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(wait)) }
        }
    }
}
