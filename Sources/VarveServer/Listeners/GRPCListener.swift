internal import Logging
internal import NIOCore
internal import ServiceLifecycle

/// OTLP over gRPC at the port where its clients send when nobody told them another.
struct GRPCListener: Service {
    private let server: any GRPCServing
    private let address: ListenAddress
    private let isWanted: Bool
    private let onBound: @Sendable (String?) -> Void

    /// Nil where none is wanted, or nothing here speaks gRPC.
    init?(_ state: ServerState, onBound: @escaping @Sendable (String?) -> Void) {
        guard let make = state.options.grpcServer,
            let (address, isWanted) = state.options.grpc.address(port: 4_317, beside: state.options.address)
        else { return nil }
        (self.address, self.isWanted, self.onBound) = (address, isWanted, onBound)
        server = make(
            GRPCBackend(state, address) { port in
                let bound = ListenAddress(host: address.host, port: port)
                onBound(ReadyServer(address: bound, isSecure: state.certificate != nil, offset: 0).url)
            })
    }

    func run() async throws {
        do {
            try await withGracefulShutdownHandler {
                try await server.serve()
            } onGracefulShutdown: { [server] in
                server.stop()
            }
        } catch let error as IOError where !isWanted && (error.errnoCode == 98 || error.errnoCode == 48) {
            onBound(nil)
            try await gracefulShutdown()
        } catch let error as IOError {
            throw ServerError(listening: error, at: address)
        } catch {
            // A server that was asked to stop before it had begun says so by an error.
            guard !Task.isShuttingDownGracefully, !Task.isCancelled else { return }
            throw error
        }
    }
}
