internal import Foundation
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTPTypes
internal import NIOPosix
internal import ServiceLifecycle

/// Serves at a socket that a service manager opened: connections that came before the start are answered, too.
struct ActivatedListener<Responder: HTTPResponder>: Sendable where Responder.Context == RootContext {
    let socket: Int32
    let state: ServerState
    let channel: HTTP1Channel.Configuration
    let guards: ConnectionGuards
    let onBound: @Sendable (Int) -> Void
    let responder: Responder
    let logger: Logger

    func run() async throws {
        let plain = HTTP1Channel(responder: answer, configuration: channel)
        if let certificate = state.certificate {
            try await serve(SecureChannel(base: plain, certificate: certificate))
        } else {
            try await serve(plain)
        }
    }

    @Sendable private func answer(
        _ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel
    ) async throws {
        let context = RootContext(source: .init(channel: channel, logger: logger))
        var response: Response
        do {
            response = try await responder.respond(to: request, context: context)
        } catch {
            response = Response(status: .internalServerError)
        }
        response.headers[.server] = "varve"
        try await writer.write(response: response.head, body: response.body)
    }

    private func serve<Child: ServerChildChannel>(_ child: Child) async throws {
        let logger = logger
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(socket, cleanupExistingSocketFile: false) { channel in child.setup(channel: channel, logger: logger) }
        onBound(server.channel.localAddress?.port ?? 0)
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                do {
                    try await server.executeThenClose { inbound in
                        for try await value in inbound {
                            group.addTask { await child.handle(value: value, logger: logger) }
                        }
                    }
                } catch {
                    logger.error("the socket that was handed over failed", metadata: ["error": "\(error)"])
                }
            }
        } onGracefulShutdown: {
            server.channel.close(mode: .all, promise: nil as EventLoopPromise<Void>?)
            guards.quiesce()
        }
    }
}
