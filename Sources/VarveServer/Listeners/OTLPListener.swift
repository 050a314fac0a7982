internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import ServiceLifecycle

/// OTLP over HTTP at the port where its clients send when nobody told them another: the same paths, and nothing else.
struct OTLPListener: Service {
    private let state: ServerState
    private let logger: Logger
    private let address: ListenAddress
    private let isWanted: Bool
    private let onBound: @Sendable (String?) -> Void

    /// Nil where none is wanted.
    init?(
        _ state: ServerState, _ logger: Logger, onBound: @escaping @Sendable (String?) -> Void
    ) {
        guard let (address, isWanted) = state.options.otlp.address(port: 4_318, beside: state.options.address) else { return nil }
        (self.address, self.isWanted) = (address, isWanted)
        (self.state, self.logger, self.onBound) = (state, logger, onBound)
    }

    func run() async throws {
        let routes = RouteRegistry(state)
        ServerRoutes.otlp(routes, state)
        let isSecure = state.certificate != nil
        let listener = HTTPListener(state: state, logger: logger, guards: ConnectionGuards(state))
        let application = listener.application(routes, address) { [onBound, address] port in
            onBound(ReadyServer(address: ListenAddress(host: address.host, port: port), isSecure: isSecure, offset: 0).url)
        }
        do {
            try await application.run()
        } catch let error as IOError where !isWanted && (error.errnoCode == 98 || error.errnoCode == 48) {
            onBound(nil)
            try await gracefulShutdown()
        } catch let error as IOError {
            throw ServerError(listening: error, at: address)
        }
    }
}
