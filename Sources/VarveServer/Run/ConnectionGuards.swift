internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTPTypes
internal import Synchronization

/// What watches over connections: how many one address has, and who does not take its answer.
final class ConnectionGuards: Sendable {
    private let state: ServerState
    private let byAddress = Mutex<[String: Int]>([:])
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    init(_ state: ServerState) { self.state = state }

    /// For one new connection.
    @Sendable func handlers() -> [any RemovableChannelHandler] {
        [SocketUpgrade(state), ConnectionGuard(self, state.options.limits)]
    }

    /// Tells every connection to end behind the request that it is at.
    func quiesce() {
        for channel in channels.withLock({ Array($0.values) }) {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }

    func note(_ channel: any Channel) { channels.withLock { $0[ObjectIdentifier(channel)] = channel } }
    func forget(_ channel: any Channel) { channels.withLock { $0[ObjectIdentifier(channel)] = nil } }

    /// False when the address, or everybody together, has too many.
    func opened(_ address: String?, _ limits: ServerLimits) -> Bool {
        let isWithin = state.connections.withLock { count in
            count += 1
            return count <= limits.connections
        }
        guard let address else { return isWithin }
        // Counted whatever the answer is: each is counted down when it closes.
        let count = byAddress.withLock { counts in
            counts[address, default: 0] += 1
            return counts[address, default: 0]
        }
        let isOwn = ListenAddress(host: address, port: 0).isLoopback
        return isWithin && (isOwn || count <= limits.connectionsPerAddress)
    }

    func closed(_ address: String?) {
        state.connections.withLock { $0 -= 1 }
        guard let address else { return }
        byAddress.withLock { counts in
            let left = (counts[address] ?? 1) - 1
            counts[address] = left > 0 ? left : nil
        }
    }
}

/// Closes a connection whose address has too many, or whose client takes nothing of its answer.
private final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let guards: ConnectionGuards
    private let limits: ServerLimits
    private let pace: ConnectionPace
    private var address: String?
    private var isCounted = false
    private var cutting: Scheduled<Void>?

    init(_ guards: ConnectionGuards, _ limits: ServerLimits) {
        self.guards = guards
        self.limits = limits
        pace = ConnectionPace(limits)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: pace.headCame()
        case .body(let bytes): pace.bodyCame(bytes.readableBytes)
        case .end: pace.endCame()
        }
        context.fireChannelRead(data)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        try? context.pipeline.syncOperations.addHandler(PaceHandler(pace), position: .first)
        guard context.channel.isActive else { return }
        count(context)
    }

    func channelActive(context: ChannelHandlerContext) {
        count(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        cutting?.cancel()
        if isCounted { guards.closed(address) }
        guards.forget(context.channel)
        isCounted = false
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        cutting?.cancel()
        cutting = nil
        if !context.channel.isWritable {
            let channel = context.channel
            cutting = context.eventLoop.scheduleTask(in: .seconds(Int64(limits.writeSeconds))) {
                channel.close(promise: nil)
            }
        }
        context.fireChannelWritabilityChanged()
    }

    private func count(_ context: ChannelHandlerContext) {
        guard !isCounted else { return }
        isCounted = true
        guards.note(context.channel)
        address = context.remoteAddress?.ipAddress
        if !guards.opened(address, limits) { context.close(promise: nil) }
    }
}
