internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTPTypes
internal import Synchronization

/// What watches over connections: how many one address has, and who does not take its answer.
final class ConnectionGuards: Sendable {
    private let state: ServerState
    private let byAddress = Mutex<[String: Int]>([:])

    init(_ state: ServerState) { self.state = state }

    /// For one new connection.
    @Sendable func handlers() -> [any RemovableChannelHandler] { [ConnectionGuard(self, state.options.limits)] }

    /// False when the address has too many.
    func opened(_ address: String?, _ limits: ServerLimits) -> Bool {
        state.connections.withLock { $0 += 1 }
        guard let address else { return true }
        return byAddress.withLock { counts in
            counts[address, default: 0] += 1
            let isOwn = ListenAddress(host: address, port: 0).isLoopback
            return isOwn || counts[address, default: 0] <= limits.connectionsPerAddress
        }
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
    private var address: String?
    private var isCounted = false
    private var cutting: Scheduled<Void>?

    init(_ guards: ConnectionGuards, _ limits: ServerLimits) {
        self.guards = guards
        self.limits = limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
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
        address = context.remoteAddress?.ipAddress
        if !guards.opened(address, limits) { context.close(promise: nil) }
    }
}
