#if GRPC
internal import GRPCNIOTransportHTTP2Posix
internal import NIOCore
internal import NIOPosix
internal import VarveServer

/// Listens at the server's address, with its certificate and its limits on connections.
struct SocketListener: HTTP2ServerTransport.ListenerFactory {
    let backend: GRPCBackend

    var eventLoopGroup: any EventLoopGroup { MultiThreadedEventLoopGroup.singleton }

    func makeListeningChannel(
        listenerConfigurator: HTTP2ServerTransport.ListenerConfigurator,
        connectionConfigurator: HTTP2ServerTransport.ConnectionConfigurator
    ) async throws -> NIOAsyncChannel<HTTP2ServerTransport.ConnectionConfigurator.ConnectionChannel, Never> {
        let listening = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { listenerConfigurator.configure(channel: $0) }
            .bind(host: backend.address.host, port: backend.address.port) { [backend] channel in
                backend.prepare(channel).flatMap {
                    connectionConfigurator.configure(
                        channel: channel, tls: backend.isSecure ? .configured(requireALPN: true) : .none)
                }
            }
        backend.onBound(listening.channel.localAddress?.port ?? 0)
        return listening
    }
}
#endif
