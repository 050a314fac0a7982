#if GRPC
internal import NIOCore
internal import NIOHPACK
internal import NIOHTTP2
internal import VarveServer

/// The first to see a call's frames.
///
/// It takes room for the bytes as they come, so that many large calls at once are told to come again and not held in memory. It
/// cuts off a call that brings nothing. And it marks a packed message as plain and says in a header how it is packed: gRPC's
/// library would unpack it first and count later.
final class StreamGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    /// The header that says how the message is packed. One of this name that a client sends is dropped.
    static let codingName = "varve-message-coding"

    private let backend: GRPCBackend
    private var room: GRPCReservation?
    /// The headers, until the message's first byte says whether it is packed.
    private var head: HTTP2Frame.FramePayload.Headers?
    private var received = 0
    /// The five bytes before the message: whether it is packed, and how long it is.
    private var prefix: [UInt8] = []
    private var isComplete = false
    private var isRefused = false
    private var watch: Scheduled<Void>?

    init(_ backend: GRPCBackend) { self.backend = backend }

    func handlerAdded(context: ChannelHandlerContext) { watch(context, since: 0) }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        switch unwrapInboundIn(data) {
        case .headers(let headers) where head == nil && received == 0: begin(context, headers)
        case .data(var data):
            received += data.data.readableBytes
            guard take(context), isShort(data.data, context) else { return }
            if let head, data.data.readableBytes > 0 || data.endStream {
                forward(context, head, &data)
                self.head = nil
            }
            isComplete = isComplete || data.endStream
            context.fireChannelRead(wrapInboundOut(.data(data)))
        case let other: context.fireChannelRead(wrapInboundOut(other))
        }
    }

    private func begin(_ context: ChannelHandlerContext, _ headers: HTTP2Frame.FramePayload.Headers) {
        var headers = headers
        headers.headers.remove(name: Self.codingName)
        isComplete = headers.endStream
        do throws(GRPCRefusal) { room = try backend.room() } catch { return refuse(context, error) }
        if headers.endStream {
            context.fireChannelRead(wrapInboundOut(.headers(headers)))
        } else {
            head = headers
        }
    }

    /// Sends the headers on, changed where the message behind them is packed.
    private func forward(
        _ context: ChannelHandlerContext, _ head: HTTP2Frame.FramePayload.Headers, _ data: inout HTTP2Frame.FramePayload.Data
    ) {
        var head = head
        let coding = head.headers.first(name: "grpc-encoding")
        head.headers.remove(name: "grpc-encoding")
        if case .byteBuffer(var bytes) = data.data, bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) == 1 {
            bytes.setInteger(UInt8(0), at: bytes.readerIndex)
            data.data = .byteBuffer(bytes)
            head.headers.add(name: Self.codingName, value: coding ?? "nothing that was named")
        }
        context.fireChannelRead(wrapInboundOut(.headers(head)))
    }

    private func take(_ context: ChannelHandlerContext) -> Bool {
        do throws(GRPCRefusal) {
            try room?.grow(to: received)
            return true
        } catch {
            refuse(context, error)
            return false
        }
    }

    /// Refuses a message that says it is too long, before it comes: the library would reset the stream, which clients take for a
    /// reason to try again.
    private func isShort(_ data: IOData, _ context: ChannelHandlerContext) -> Bool {
        guard prefix.count < 5, case .byteBuffer(let bytes) = data else { return true }
        prefix += bytes.readableBytesView.prefix(5 - prefix.count)
        guard prefix.count == 5 else { return true }
        let length = prefix.dropFirst().reduce(0) { $0 << 8 | Int($1) }
        guard length > backend.limits.documentBytes else { return true }
        refuse(context, backend.isTooLarge)
        return false
    }

    /// Looks now and then whether the call goes on.
    private func watch(_ context: ChannelHandlerContext, since before: Int) {
        let limits = backend.limits
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        watch = context.eventLoop.scheduleTask(in: .seconds(Int64(limits.bodyGraceSeconds))) {
            let (guardian, context) = bound.value
            guard !guardian.isComplete, !guardian.isRefused else { return }
            guard guardian.received - before >= limits.bodyBytesPerSecond * limits.bodyGraceSeconds else {
                return guardian.refuse(context, guardian.backend.isTooSlow)
            }
            guardian.watch(context, since: guardian.received)
        }
    }

    private func end() {
        watch?.cancel()
        watch = nil
        room = nil
    }

    /// Answers with a code and nothing else, and ends the stream: the rest of the message is not awaited.
    private func refuse(_ context: ChannelHandlerContext, _ refusal: GRPCRefusal) {
        isRefused = true
        end()
        let headers: HPACKHeaders = [
            ":status": "200", "content-type": "application/grpc", "grpc-status": "\(refusal.code)",
            "grpc-message": refusal.message.filter { $0.isASCII && $0 != "%" },
            "grpc-status-details-bin": Self.base64(refusal.details),
        ]
        let last = HTTP2Frame.FramePayload.headers(.init(headers: headers, endStream: true))
        context.writeAndFlush(wrapOutboundOut(last), promise: nil)
        // A stream that its client has not ended yet is ended without an error: another code would hide the answer.
        guard !isComplete else { return }
        context.writeAndFlush(wrapOutboundOut(.rstStream(.noError)), promise: nil)
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            var bits = 0
            for index in 0..<3 { bits = bits << 8 | (index < part.count ? Int(part[start + index]) : 0) }
            // Padding may be left out.
            for index in 0...part.count { text.append(digits[bits >> (18 - 6 * index) & 63]) }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
#endif
