internal import Foundation
internal import NIOCore
internal import NIOWebSocket
internal import VarveWorkspace

/// The frames of one WebSocket: texts of the client go to its session, and the session's texts to the client. It answers pings,
/// and closes as RFC 6455 has it: 1001 when the server stops, 1013 when the client does not take what it gets.
final class SocketFrames: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let state: ServerState
    private let workspace: ReadableWorkspace
    private let isDashboard: Bool
    private var session: Task<Void, Never>?
    private var texts: AsyncStream<String>.Continuation?
    private var isClosing = false
    /// The parts of a message that came in several frames.
    private var parts: [UInt8] = []
    private var ping: Scheduled<Void>?
    private var missedPongs = 0
    private static let pingSeconds: Int64 = 20

    init(_ state: ServerState, _ workspace: ReadableWorkspace, isDashboard: Bool) {
        self.state = state
        self.workspace = workspace
        self.isDashboard = isDashboard
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let (stream, texts) = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingNewest(64))
        self.texts = texts
        let loop = context.eventLoop
        let bound = NIOLoopBound((self, context), eventLoop: loop)
        let session = SocketSession(
            state: state, workspace: workspace, isDashboard: isDashboard, texts: stream
        ) { text in
            try await loop.submit {
                let (frames, context) = bound.value
                frames.say(text, context)
            }.get()
        }
        self.session = Task {
            await session.run()
            loop.execute {
                let (frames, context) = bound.value
                frames.close(.goingAway, context)
            }
        }
        beat(context)
    }

    /// A sign of life, so that a connection that is gone is noticed.
    private func beat(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        ping = context.eventLoop.scheduleTask(in: .seconds(Self.pingSeconds)) {
            let (frames, context) = bound.value
            guard frames.missedPongs < 2 else { return context.close(promise: nil) }
            frames.missedPongs += 1
            frames.write(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer()), context)
            frames.beat(context)
        }
    }

    private func say(_ text: String, _ context: ChannelHandlerContext) {
        guard !isClosing, context.channel.isActive else { return }
        guard context.channel.isWritable else { return close(.init(codeNumber: 1013), context) }
        write(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text)), context)
    }

    private func write(_ frame: WebSocketFrame, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    private func close(_ code: WebSocketErrorCode, _ context: ChannelHandlerContext) {
        guard !isClosing, context.channel.isActive else { return }
        isClosing = true
        var data = ByteBuffer()
        data.write(webSocketErrorCode: code)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(WebSocketFrame(fin: true, opcode: .connectionClose, data: data))).whenComplete {
            _ in channel.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        let frame = unwrapInboundIn(data)
        // A client masks all that it sends.
        guard frame.maskKey != nil else { return close(.protocolError, context) }
        switch frame.opcode {
        case .text, .continuation:
            parts += Array(buffer: frame.unmaskedData)
            guard parts.count <= SocketUpgrade.frameMax else { return close(.messageTooLarge, context) }
            guard frame.fin else { return }
            guard let text = String(validating: parts, as: UTF8.self) else {
                return close(.dataInconsistentWithMessage, context)
            }
            parts = []
            texts?.yield(text)
        case .ping: answer(frame.unmaskedData, context)
        case .pong: missedPongs = 0
        case .connectionClose: close(.normalClosure, context)
        default: close(.unacceptableData, context)
        }
    }

    /// A client that sends pings and takes no answer is cut off as any other: its answers would pile up.
    private func answer(_ data: ByteBuffer, _ context: ChannelHandlerContext) {
        guard context.channel.isWritable else { return close(.init(codeNumber: 1013), context) }
        write(WebSocketFrame(fin: true, opcode: .pong, data: data), context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { close(.goingAway, context) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { close(.protocolError, context) }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    private func end() {
        session?.cancel()
        texts?.finish()
        ping?.cancel()
    }
}
