internal import NIOCore
internal import VarveWire

/// Takes the datagrams of one listener: each is one message, or a part of one.
final class DatagramReceiver: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let settings: ListenerSettings
    private let queue: ListenerQueue
    private let counts: ListenerCounts
    private var chunks: GELFChunks
    private var given = 0
    private var cleaning: RepeatedTask?

    init(_ settings: ListenerSettings, _ queue: ListenerQueue, _ counts: ListenerCounts) {
        (self.settings, self.queue, self.counts) = (settings, queue, counts)
        chunks = GELFChunks(most: settings.messageBytes)
    }

    func channelActive(context: ChannelHandlerContext) {
        if settings.kind == .gelf {
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            cleaning = context.eventLoop.scheduleRepeatedTask(initialDelay: .seconds(2), delay: .seconds(2)) { _ in
                bound.value.expire()
            }
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        cleaning?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let datagram = unwrapInboundIn(data).data
        counts.receive(datagram.readableBytes)
        switch settings.kind {
        case .syslog: queueUp(ListenedMessage.syslogFrame(Array(datagram.readableBytesView)))
        case .statsd: queueUp(Array(datagram.readableBytesView) + [0x0A])
        case .gelf:
            switch datagram.withUnsafeReadableBytes({ chunks.take($0, now: Self.seconds) }) {
            case .message(let message): queueUp(message.filter { $0 != 0 } + [0])
            case .waiting: break
            case .broken: counts.fail()
            }
            countGivenUp()
        case .fluent: counts.fail()
        }
    }

    /// A datagram that cannot be read is no end of the listener.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { counts.fail() }

    private func queueUp(_ message: [UInt8]) {
        guard message.count > 1 else { return counts.fail() }
        _ = queue.offer(message)
    }

    private func expire() {
        chunks.expire(Self.seconds)
        countGivenUp()
    }

    private func countGivenUp() {
        guard chunks.dropped > given else { return }
        counts.drop(chunks.dropped - given)
        given = chunks.dropped
    }

    private static var seconds: Double { Double(NIODeadline.now().uptimeNanoseconds) / 1e9 }
}
