internal import NIOCore

/// How fast a client sends: what keeps a connection that trickles from holding its place for ever.
///
/// The first bytes of a request begin a span of time in which its head has to be complete. The bytes of a body are held against
/// the time that the server waited for them, not the time that it was busy itself. Belongs to the event loop of its connection.
final class ConnectionPace {
    private enum Stage {
        /// Between requests, or while one is answered.
        case quiet
        case head(since: NIODeadline)
        case body(bytes: Int, waited: Int64)
    }

    private let limits: ServerLimits
    private var stage = Stage.quiet
    /// Since when the server waits for bytes; nil while it asks for none.
    private var waitingSince: NIODeadline?

    init(_ limits: ServerLimits) { self.limits = limits }

    /// The server asks for bytes.
    func asked(at now: NIODeadline) { if waitingSince == nil { waitingSince = now } }

    /// Bytes came, before it is known what they are.
    func came(at now: NIODeadline) {
        if case .body(let bytes, let waited) = stage {
            stage = .body(bytes: bytes, waited: waited + (waitingSince.map { (now - $0).nanoseconds } ?? 0))
        }
        waitingSince = nil
        if case .quiet = stage { stage = .head(since: now) }
    }

    func headCame() { stage = .body(bytes: 0, waited: 0) }

    func bodyCame(_ count: Int) {
        if case .body(let bytes, let waited) = stage { stage = .body(bytes: bytes + count, waited: waited) }
    }

    func endCame() { stage = .quiet }

    /// Whether the client is too slow.
    func isTooSlow(at now: NIODeadline) -> Bool {
        switch stage {
        case .quiet: return false
        case .head(let since): return now - since > .seconds(Int64(limits.headSeconds))
        case .body(let bytes, let waited):
            let all = waited + (waitingSince.map { (now - $0).nanoseconds } ?? 0)
            let seconds = Double(all) / 1e9
            guard seconds > Double(limits.bodyGraceSeconds) else { return false }
            return Double(bytes) < seconds * Double(limits.bodyBytesPerSecond)
        }
    }
}

/// Stands before the decoder of HTTP: sees that bytes come, and cuts off who is too slow.
final class PaceHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let pace: ConnectionPace
    private var checking: RepeatedTask?
    private static let every = TimeAmount.seconds(1)

    init(_ pace: ConnectionPace) { self.pace = pace }

    func handlerAdded(context: ChannelHandlerContext) {
        let (pace, channel) = (NIOLoopBound(pace, eventLoop: context.eventLoop), context.channel)
        checking = context.eventLoop.scheduleRepeatedTask(initialDelay: Self.every, delay: Self.every) { _ in
            if pace.value.isTooSlow(at: .now()) { channel.close(promise: nil) }
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { checking?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        checking?.cancel()
        context.fireChannelInactive()
    }

    func read(context: ChannelHandlerContext) {
        pace.asked(at: .now())
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        pace.came(at: .now())
        context.fireChannelRead(data)
    }
}
