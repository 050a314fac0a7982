internal import CoreMetrics
internal import HTTPTypes
package import NIOCore
internal import NIOSSL
internal import VarveWire

/// What a gRPC server asks the rest of the server for: who calls, room for their bytes, and their records appended. Codes, checks
/// and limits are those of OTLP over HTTP.
package struct GRPCBackend: Sendable {
    private let state: ServerState
    private let guards: ConnectionGuards
    private let otlp: OTLPIn
    /// Where to listen.
    package let address: ListenAddress
    /// To be called with the port that it listens at.
    package let onBound: @Sendable (Int) -> Void

    init(_ state: ServerState, _ address: ListenAddress, onBound: @escaping @Sendable (Int) -> Void) {
        (self.state, self.address, self.onBound) = (state, address, onBound)
        guards = ConnectionGuards(state)
        otlp = OTLPIn(state)
    }

    package var limits: ServerLimits { state.options.limits }
    /// Whether connections are over TLS.
    package var isSecure: Bool { state.certificate != nil }

    // MARK: Connections

    /// Counts a new connection, and puts TLS before it, with the certificate of this moment. Fails for one too many.
    package func prepare(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            let counted = CountedConnection(guards, channel.remoteAddress?.ipAddress)
            try channel.pipeline.syncOperations.addHandler(counted)
            guard counted.open(limits) else {
                channel.close(promise: nil)
                throw ChannelError.operationUnsupported
            }
            guard let certificate = state.certificate else { return }
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: certificate.contextOfGRPC))
        }
    }

    /// Room for a call that begins.
    package func room() throws(GRPCRefusal) -> GRPCReservation {
        do throws(Problem) { return GRPCReservation(try state.admission.enter(4 << 10)) } catch { throw GRPCRefusal(error) }
    }

    /// A message of more bytes than a document may have.
    package var isTooLarge: GRPCRefusal { GRPCRefusal(DocumentIn.tooLarge(limits.documentBytes)) }

    /// A call that brought nothing for too long.
    package var isTooSlow: GRPCRefusal { GRPCRefusal(Problem(408, "too_slow", "the message comes too slowly")) }

    // MARK: Calls

    /// Appends what a call brings; it is on disk when this returns. The result is the answer's message.
    package func export(_ call: GRPCCall) async -> Result<[UInt8], GRPCRefusal> {
        let clock = ContinuousClock()
        let start = clock.now
        let result: Result<[UInt8], GRPCRefusal>
        do {
            result = .success(try await take(call))
        } catch {
            let problem = Problem(error) ?? Problem(503, "stopping", "the server is stopping", retryAfter: 2)
            result = .failure(GRPCRefusal(problem))
        }
        let code: Int
        switch result {
        case .success: code = 0
        case .failure(let refusal): code = refusal.code
        }
        let metrics = state.metrics
        metrics.counter("varve_grpc_requests_total", [("service", call.signal.rawValue), ("code", "\(code)")]).increment(by: 1)
        metrics.histogram("varve_grpc_request_duration", [("service", call.signal.rawValue)])
            .record((clock.now - start) / .seconds(1))
        return result
    }

    private func take(_ call: GRPCCall) async throws -> [UInt8] {
        let caller = try await Identification(state: state).caller(headers(call), address: call.address)
        guard caller.may(.write) else { throw Problem.forbidden(.write) }
        let workspace = WritableWorkspace(caller.workspace, mayAlert: caller.may(.alerts))
        return try await otlp.export(call.message, coding: call.coding, workspace, call.signal.format)
    }

    private func headers(_ call: GRPCCall) -> HTTPFields {
        var headers = HTTPFields()
        headers[.authorization] = call.authorization
        headers[.varveTenant] = call.tenant
        return headers
    }
}

extension GRPCSignal {
    var format: InputFormat {
        switch self {
        case .logs: .otlpLogs
        case .traces: .otlpTraces
        case .metrics: .otlpMetrics
        }
    }
}

/// Counts a connection until it is closed.
private final class CountedConnection: ChannelInboundHandler {
    typealias InboundIn = Any

    private let guards: ConnectionGuards
    private let address: String?
    private var isCounted = false

    init(_ guards: ConnectionGuards, _ address: String?) { (self.guards, self.address) = (guards, address) }

    /// False when there are too many.
    func open(_ limits: ServerLimits) -> Bool {
        isCounted = true
        return guards.opened(address, limits)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        if isCounted { guards.closed(address) }
        isCounted = false
    }
}
