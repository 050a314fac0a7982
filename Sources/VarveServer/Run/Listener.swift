internal import Hummingbird
internal import Logging
internal import ServiceLifecycle

/// The HTTP server as a service. It stops first: no request is taken any more, and streams are told before the others are
/// awaited.
struct Listener: Service {
    let state: ServerState
    let logger: Logger
    let onStopping: @Sendable () -> Void
    let onBound: @Sendable (Int) -> Void

    func run() async throws {
        let guards = ConnectionGuards(state)
        let http = HTTPListener(state: state, logger: logger, guards: guards)
        let application = http.application(ServerRoutes.router(state), state.options.address, onBound: onBound)
        try await withGracefulShutdownHandler {
            if let socket = state.options.socket {
                try await ActivatedListener(
                    socket: socket, state: state, channel: http.channel, guards: guards,
                    onBound: onBound,
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
