import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A receiver that answers as it is told, and keeps what it was sent.
final class HTTPSink: Sendable {
    struct Taken: Sendable {
        var path: String
        var body: String
        var key: String?
    }

    /// Status and `Retry-After`, one for each request; 200 when there is none left. Status 0 never answers.
    private let script: Mutex<[(Int, String?)]>
    private let taken = Mutex<[Taken]>([])
    private let channel: any NIOCore.Channel

    /// What is answered, by what came; `ok` where nothing else is said.
    private let reply: @Sendable (Taken) -> String

    static func start(
        _ script: [(Int, String?)] = [], reply: @escaping @Sendable (Taken) -> String = { _ in "ok" }
    ) async throws -> HTTPSink {
        let holder = Mutex<HTTPSink?>(nil)
        let sink = Shared(holder: holder)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.pipeline.configureHTTPServerPipeline().flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(Handler(sink))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let made = HTTPSink(script, reply, channel)
        sink.set(made)
        return made
    }

    private init(
        _ script: [(Int, String?)], _ reply: @escaping @Sendable (Taken) -> String, _ channel: any NIOCore.Channel
    ) {
        self.script = Mutex(script)
        self.reply = reply
        self.channel = channel
    }

    var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }
    var requests: [Taken] { taken.withLock { $0 } }
    func stop() async throws { try await channel.close() }

    private func answer(_ request: Taken) -> (Int, String?) {
        taken.withLock { $0.append(request) }
        return script.withLock { $0.isEmpty ? (200, nil) : $0.removeFirst() }
    }

    private final class Shared: Sendable {
        private let holder: Mutex<HTTPSink?>
        init(holder: consuming Mutex<HTTPSink?>) { self.holder = holder }
        func set(_ sink: HTTPSink) { holder.withLock { $0 = sink } }
        var sink: HTTPSink? { holder.withLock { $0 } }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let shared: Shared
        private var head: HTTPRequestHead?
        private var body = ByteBuffer()

        init(_ shared: Shared) { self.shared = shared }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): self.head = head
            case .body(var part): body.writeBuffer(&part)
            case .end:
                guard let head, let sink = shared.sink else { return }
                let text = String(buffer: body)
                let taken = Taken(path: head.uri, body: text, key: head.headers.first(name: "Idempotency-Key"))
                let (status, retry) = sink.answer(taken)
                guard status > 0 else { return }
                let reply = sink.reply(taken)
                var headers = HTTPHeaders([("Content-Length", "\(reply.utf8.count)"), ("Connection", "close")])
                if let retry { headers.add(name: "Retry-After", value: retry) }
                let response = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)
                context.write(wrapOutboundOut(.head(response)), promise: nil)
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: reply)))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
                context.close(promise: nil)
            }
        }
    }
}
