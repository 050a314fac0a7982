#if GRPC
internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import NIOCore
package import VarveServer

/// OTLP over gRPC: the unary method `Export` of the three services. Messages pass through as bytes: the server reads them with
/// the same decoders as those that come over HTTP.
package struct OTLPOverGRPC: GRPCServing {
    private typealias Transport = HTTP2ServerTransport.Custom<SocketListener>

    private let server: GRPCServer<Transport>

    /// Calls of one connection at the same time. SDKs have one.
    private static let callsPerConnection = 64
    /// What a call may send before it is read: room is taken for what has come, not for what may come.
    private static let windowBytes = 1 << 20
    /// A connection without a call for so long is closed; exporters send every few seconds, and connect again.
    private static let idle = Duration.seconds(600)

    package init(_ backend: GRPCBackend) {
        var config = Transport.Config.defaults
        // The stream's guard keeps packed messages packed, so that they are unpacked under the server's limits.
        config.rpc.maxRequestPayloadSize = backend.limits.documentBytes
        config.http2.maxConcurrentStreams = Self.callsPerConnection
        config.http2.targetWindowSize = Self.windowBytes
        config.connection.maxIdleTime = Self.idle
        config.connection.keepalive.time = .seconds(60)
        config.connection.keepalive.clientBehavior = .init(
            minPingIntervalWithoutCalls: .seconds(10), allowWithoutCalls: true)
        config.channelDebuggingCallbacks.onAcceptHTTP2Stream = { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(StreamGuard(backend), position: .first)
            }
        }
        var router = RPCRouter<Transport>()
        for signal in GRPCSignal.allCases { Self.register(signal, backend, in: &router) }
        server = GRPCServer(
            transport: Transport(listenerFactory: SocketListener(backend: backend), config: config), router: router)
    }

    package func serve() async throws {
        do {
            try await server.serve()
        } catch let error as RuntimeError {
            throw error.cause ?? error
        }
    }

    package func stop() { server.beginGracefulShutdown() }

    private static func register(_ signal: GRPCSignal, _ backend: GRPCBackend, in router: inout RPCRouter<Transport>) {
        let method = MethodDescriptor(fullyQualifiedService: signal.service, method: "Export")
        router.registerHandler(forMethod: method, deserializer: PlainBytes(), serializer: PlainBytes()) { request, context in
            let unary = try await ServerRequest(stream: request)
            var call = GRPCCall(signal, unary.message)
            call.coding = unary.metadata[stringValues: StreamGuard.codingName].first { _ in true }
            call.authorization = unary.metadata[stringValues: "authorization"].first { _ in true }
            call.tenant = unary.metadata[stringValues: "x-varve-tenant"].first { _ in true }
            call.address = address(context.remotePeer)
            switch await backend.export(call) {
            case .success(let message): return StreamingServerResponse(single: ServerResponse(message: message))
            case .failure(let refusal): return StreamingServerResponse(error: RPCError(refusal))
            }
        }
    }

    /// The address in `ipv4:127.0.0.1:4711` or `ipv6:[::1]:4711`; nil for what is none.
    static func address(_ peer: String) -> String? {
        guard let kind = peer.firstIndex(of: ":"), let port = peer.lastIndex(of: ":"), kind < port else { return nil }
        let host = peer[peer.index(after: kind)..<port].filter { $0 != "[" && $0 != "]" }
        return host.isEmpty ? nil : host
    }
}

/// Hands messages through as they are.
private struct PlainBytes: MessageSerializer, MessageDeserializer {
    func serialize<Bytes: GRPCContiguousBytes>(_ message: [UInt8]) throws -> Bytes { Bytes(message) }

    func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> [UInt8] {
        bytes.withUnsafeBytes { [UInt8]($0) }
    }
}

extension RPCError {
    fileprivate init(_ refusal: GRPCRefusal) {
        let code = Status.Code(rawValue: refusal.code).flatMap { RPCError.Code($0) } ?? .unknown
        var metadata = Metadata()
        metadata.addBinary(refusal.details, forKey: "grpc-status-details-bin")
        self.init(code: code, message: refusal.message, metadata: metadata)
    }
}
#endif
