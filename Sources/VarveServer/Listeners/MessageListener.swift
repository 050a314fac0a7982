internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import Synchronization
internal import VarveWorkspace

/// One listener beside the HTTP port. Its socket is bound before the server says that it is ready; messages wait until the log is
/// open. When the server stops, no more are taken, and those that came are appended.
struct MessageListener: Service {
    let settings: ListenerSettings
    let state: ServerState
    let counts: ListenerCounts
    let logger: Logger
    /// Called with the address that it really has.
    let onBound: @Sendable (ListenAddress) -> Void

    /// Connections of one listener at the same time.
    static let connectionsMax = 1_024
    /// A connection on which nothing comes for so long is closed.
    private static let idle = TimeAmount.hours(1)
    /// Bytes that the system holds of datagrams, as far as it allows.
    private static let receiveBytes = 4 << 20

    func run() async throws {
        let queue = ListenerQueue(settings.waitingBytes, counts)
        let channel: any Channel
        do {
            channel = try await bind(queue)
        } catch {
            throw ServerError(listening: error, at: settings.address)
        }
        let address = ListenAddress(host: settings.address.host, port: channel.localAddress?.port ?? 0)
        counts.url.withLock { $0 = "\(settings.transport.rawValue)://\(address)" }
        onBound(address)
        let drain = ListenerDrain(settings: settings, queue: queue, counts: counts, state: state, logger: logger)
        await withTaskCancellationOrGracefulShutdownHandler {
            while state.workspace == nil, !Task.isShuttingDownGracefully, !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(10))
            }
            if let workspace = state.workspace { await drain.run(workspace) }
        } onCancelOrGracefulShutdown: {
            channel.close(promise: nil)
            queue.close()
        }
    }

    private func bind(_ queue: ListenerQueue) async throws -> any Channel {
        let (settings, counts) = (settings, counts)
        let group = MultiThreadedEventLoopGroup.singleton
        let (host, port) = (settings.address.host, settings.address.port)
        switch settings.transport {
        case .udp:
            return try await DatagramBootstrap(group: group)
                .channelOption(.socketOption(.so_rcvbuf), value: Self.receiveBytes)
                .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 65_536))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(DatagramReceiver(settings, queue, counts))
                    }
                }
                .bind(host: host, port: port).get()
        case .tcp:
            return try await ServerBootstrap(group: group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    guard counts.connections.load(ordering: .relaxed) < Self.connectionsMax else {
                        return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
                    }
                    return channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(IdleStateHandler(readTimeout: Self.idle))
                        try channel.pipeline.syncOperations.addHandler(IdleConnection())
                        try channel.pipeline.syncOperations.addHandler(ConnectionReceiver(settings, queue, counts))
                    }
                }
                .bind(host: host, port: port).get()
        }
    }
}

/// Closes a connection on which nothing comes.
private final class IdleConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is IdleStateHandler.IdleStateEvent else { return context.fireUserInboundEventTriggered(event) }
        context.close(promise: nil)
    }
}
