internal import NIOCore
internal import Synchronization
internal import VarveWire

/// Takes the bytes of one connection, cuts them into messages, and reads on only while there is room for them.
final class ConnectionReceiver: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let settings: ListenerSettings
    private let queue: ListenerQueue
    private let counts: ListenerCounts
    private var framer: MessageFramer
    private var isPaused = false
    private var isBroken = false

    init(_ settings: ListenerSettings, _ queue: ListenerQueue, _ counts: ListenerCounts) {
        (self.settings, self.queue, self.counts) = (settings, queue, counts)
        let kind: MessageFramer.Kind =
            switch settings.kind {
            case .gelf: .nul
            case .fluent: .messagePack
            case .syslog, .statsd: .syslog
            }
        framer = MessageFramer(kind, most: settings.messageBytes)
    }

    func channelActive(context: ChannelHandlerContext) {
        counts.connections.wrappingAdd(1, ordering: .relaxed)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        counts.connections.wrappingSubtract(1, ordering: .relaxed)
        if !isBroken, let last = framer.finish() { _ = take(last, context) }
        context.fireChannelInactive()
    }

    func read(context: ChannelHandlerContext) {
        if !isPaused { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isBroken else { return }
        unwrapInboundIn(data).withUnsafeReadableBytes { framer.feed($0) }
        while true {
            switch framer.next() {
            case .needsMore: return
            case .broken:
                isBroken = true
                counts.fail()
                return context.close(promise: nil)
            case .message(let message):
                if !take(message, context) { isPaused = true }
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// False where there is no room for another.
    private func take(_ message: [UInt8], _ context: ChannelHandlerContext) -> Bool {
        counts.receive(message.count)
        var item = ListenerQueue.Item(bytes: message)
        let channel = context.channel
        switch settings.kind {
        case .syslog, .statsd:
            item.bytes = ListenedMessage.syslogFrame(message)
            guard !item.bytes.isEmpty else { return true }
        case .gelf: item.bytes.append(0)
        case .fluent:
            if let chunk = ListenedMessage.fluentChunk(of: message) {
                item.key = chunk
                item.isDone = { isDurable in
                    // Without an answer the sender sends it again.
                    guard isDurable else { return channel.close(promise: nil) }
                    channel.writeAndFlush(ByteBuffer(bytes: ListenedMessage.fluentAcknowledgement(of: chunk)), promise: nil)
                }
            }
        }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        return queue.push(item) { loop.execute { bound.value.0.resume(bound.value.1) } }
    }

    private func resume(_ context: ChannelHandlerContext) {
        guard isPaused else { return }
        isPaused = false
        context.read()
    }
}
