internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
internal import Logging
internal import NIOCore
internal import ServiceLifecycle

/// The HTTP server as a service. It stops first: no request is taken any more, and streams are told before the others are
/// awaited.
struct Listener: Service {
    let state: ServerState
    let certificate: ServerCertificate?
    let logger: Logger
    let onStopping: @Sendable () -> Void
    let onBound: @Sendable (Int) -> Void

    func run() async throws {
        let limits = state.options.limits
        let guards = ConnectionGuards(state)
        let channel = HTTP1Channel.Configuration(
            additionalChannelHandlers: guards.handlers(), idleTimeout: .seconds(Int64(limits.idleSeconds)),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
                maxHeaderFieldCount: limits.headerFields))
        let plain = HTTPServerBuilder.http1(configuration: channel)
        let builder = try certificate.map { try HTTPServerBuilder.tls(plain, tlsConfiguration: $0.configuration) } ?? plain
        let application = Application(
            router: ServerRoutes.router(state).router, server: builder,
            configuration: ApplicationConfiguration(
                address: .hostname(state.options.address.host, port: state.options.address.port), serverName: "varve",
                backlog: 1_024, availableConnectionsDelegate: MaximumAvailableConnections(limits.connections)),
            onServerRunning: { [onBound] in onBound($0.localAddress?.port ?? 0) }, logger: logger)
        try await withGracefulShutdownHandler {
            if let socket = state.options.socket {
                try await ActivatedListener(
                    socket: socket, state: state, channel: channel, certificate: certificate, guards: guards, onBound: onBound,
                    responder: application.responder, logger: logger
                ).run()
            } else {
                try await application.run()
            }
        } onGracefulShutdown: { [state, onStopping] in
            state.manager.stopping()
            onStopping()
            state.stop()
        }
    }
}
