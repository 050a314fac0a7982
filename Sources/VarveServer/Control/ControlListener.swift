internal import Foundation
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import ServiceLifecycle
internal import Synchronization
internal import VarveWorkspace

/// `DIR/control.sock`: the same interface, with full rights, for the owner of the directory. It is there while this process holds
/// the log, so that what stood there before is a leftover.
struct ControlListener: Service {
    let state: ServerState
    let logger: Logger

    func run() async throws {
        while state.workspace == nil, !Task.isShuttingDownGracefully, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(20))
        }
        guard let workspace = state.workspace, !Task.isShuttingDownGracefully, !Task.isCancelled else { return }
        let path = ControlSocket.path(workspace.path)
        guard ControlSocket.fits(path) else {
            logger.warning("the data directory's path is too long for control.sock: commands cannot work beside the server")
            return try await gracefulShutdown()
        }
        unlink(path)
        let limits = state.options.limits
        let channel = HTTP1Channel.Configuration(
            idleTimeout: .seconds(Int64(limits.idleSeconds)),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
                maxHeaderFieldCount: limits.headerFields))
        // A socket is for its owner alone from its first moment on.
        let application = Application(
            router: ServerRoutes.router(state).router, server: .http1(configuration: channel),
            configuration: ApplicationConfiguration(
                address: .unixDomainSocket(path: path), serverName: "varve",
                availableConnectionsDelegate: MaximumAvailableConnections(64)),
            onServerRunning: { [state] _ in
                chmod(path, 0o600)
                state.controlIsThere.withLock { $0 = true }
            }, logger: logger)
        defer { unlink(path) }
        do {
            try await application.run()
        } catch {
            // Commands that work beside the server are not worth its end.
            logger.error("control.sock cannot be served", metadata: ["error": "\(error)"])
            try await gracefulShutdown()
        }
    }
}
