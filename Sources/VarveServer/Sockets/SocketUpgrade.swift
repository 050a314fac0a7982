internal import Foundation
internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes
internal import NIOHTTPTypesHTTP1
internal import NIOWebSocket
internal import VarveWorkspace

/// Turns a connection into a WebSocket when its request asks for one at a path that has one; all other requests pass.
///
/// It stands behind the HTTP decoder. On a request to upgrade it lets nothing pass any more, answers 101, and puts frames in the
/// place of HTTP; what serves requests behind it waits for one that never comes, until the connection ends.
final class SocketUpgrade: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    static let paths: Set<String> = ["/api/dashboard/ws", "/api/monitoring/stream"]
    private static let guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    static let frameMax = 64 << 10

    private let state: ServerState
    private var asked: HTTPRequest?

    init(_ state: ServerState) { self.state = state }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), asked) {
        case (.head(let request), nil) where Self.isUpgrade(request): asked = request
        case (_, nil): context.fireChannelRead(data)
        case (.end, let request?): upgrade(request, context)
        case (_, _?): break
        }
    }

    private static func isUpgrade(_ request: HTTPRequest) -> Bool {
        let path = request.path?.split(separator: "?", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        return paths.contains(path) && request.method == .get
            && request.headerFields[.upgrade]?.lowercased() == "websocket"
    }

    private func upgrade(_ request: HTTPRequest, _ context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        guard let encoder = try? pipeline.context(handlerType: HTTPResponseEncoder.self) else {
            return context.close(promise: nil)
        }
        let workspace: ReadableWorkspace
        do throws(Problem) {
            workspace = try SocketAccess(state: state).check(request, context.remoteAddress?.ipAddress)
        } catch {
            let body = error.text
            let head =
                "HTTP/1.1 \(error.status) \(error.title)\r\nContent-Type: application/problem+json\r\n"
                + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n"
            encoder.writeAndFlush(NIOAny(ByteBuffer(string: head + body)), promise: nil)
            return context.close(promise: nil)
        }
        let key = request.headerFields[.secWebSocketKey] ?? ""
        let accept = Data(SHA1Digest.bytes(Array((key + Self.guid).utf8))).base64EncodedString()
        var head =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: \(accept)\r\n"
        if SocketAccess.offered(request).contains("varve") { head += "Sec-WebSocket-Protocol: varve\r\n" }
        encoder.writeAndFlush(NIOAny(ByteBuffer(string: head + "\r\n")), promise: nil)
        do {
            let path = request.path?.split(separator: "?").first.map(String.init) ?? ""
            let frames = SocketFrames(state, workspace, isDashboard: path == "/api/dashboard/ws")
            try pipeline.addHandler(WebSocketFrameEncoder(), position: .before(self))
            try pipeline.addHandler(
                ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: Self.frameMax)), position: .before(self))
            try pipeline.addHandler(frames, position: .before(self))
            for handler in [
                try pipeline.handler(type: HTTP1ToHTTPServerCodec.self),
                try pipeline.handler(type: HTTPConnectionStateHandler.self),
            ] as [any RemovableChannelHandler] {
                pipeline.removeHandler(handler, promise: nil)
            }
            pipeline.removeHandler(try pipeline.handler(type: HTTPResponseEncoder.self), promise: nil)
            // Frames have pings of their own.
            if let pace = try? pipeline.handler(type: PaceHandler.self) { pipeline.removeHandler(pace, promise: nil) }
            // Last: what it holds of the bytes behind the request goes to the frames.
            pipeline.removeHandler(try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self), promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }
}
