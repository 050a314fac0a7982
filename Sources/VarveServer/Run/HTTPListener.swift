internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// How HTTP is served at a port: with which limits, and in plain or not.
struct HTTPListener: Sendable {
    let state: ServerState
    let logger: Logger
    let guards: ConnectionGuards

    var channel: HTTP1Channel.Configuration {
        let limits = state.options.limits
        return HTTP1Channel.Configuration(
            additionalChannelHandlers: guards.handlers(), idleTimeout: .seconds(Int64(limits.idleSeconds)),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
                maxHeaderFieldCount: limits.headerFields))
    }

    /// A service that serves `routes` at `address`, and calls `onBound` with the port that it has.
    func application(
        _ routes: RouteRegistry, _ address: ListenAddress, onBound: @escaping @Sendable (Int) -> Void
    ) -> Application<RouterResponder<RootContext>> {
        let channel = channel
        let plain = HTTPServerBuilder.http1(configuration: channel)
        let builder =
            state.certificate.map { certificate in
                HTTPServerBuilder {
                    SecureChannel(base: HTTP1Channel(responder: $0, configuration: channel), certificate: certificate)
                }
            } ?? plain
        return Application(
            responder: routes.router.buildResponder(), server: builder,
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), serverName: "varve", backlog: 1_024,
                availableConnectionsDelegate: MaximumAvailableConnections(state.options.limits.connections)),
            onServerRunning: { onBound($0.localAddress?.port ?? 0) }, logger: logger)
    }
}
