internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Synchronization
internal import VarveDisk
internal import VarveEvents
internal import VarveWire
internal import VarveWorkspace

/// Whether the server lives, whether it is ready, and how its parts are.
struct HealthReplies: Sendable {
    let state: ServerState

    /// The process only: nothing else makes it fail.
    func live(_ request: Request, context: RootContext) -> Response { Self.text("ok\n") }

    /// Whether requests are served. What each part says is told with `?verbose`.
    func ready(_ request: Request, context: RootContext) throws -> Response {
        let query = try QueryText(request)
        let parts = parts
        let isReady = parts.allSatisfy(\.isReady)
        guard query.items.contains(where: { $0.name == "verbose" }) else {
            return Self.text(isReady ? "ok\n" : "not ready\n", status: isReady ? .ok : .serviceUnavailable)
        }
        let lines = parts.map { "[\($0.isReady ? "+" : "-")]\($0.name) \($0.text)\n" }
        return Self.text(
            lines.joined() + (isReady ? "readyz check passed\n" : "readyz check failed\n"),
            status: isReady ? .ok : .serviceUnavailable)
    }

    /// The documents' shape: 200, or 503 when something that requests need does not work.
    func health(_ request: Request, context: RootContext) -> Response {
        let parts = parts
        let isHealthy = parts.allSatisfy(\.isReady)
        var object = JSONLine()
        object.field("status", isHealthy ? "healthy" : "unhealthy")
        object.field("timestamp", RFC3339.text(Timestamp(nanoseconds: wallClockNanoseconds())))
        object.field("services", json: JSONLine.array(parts.map(\.json)))
        object.field("version", state.options.version)
        return Response(
            status: isHealthy ? .ok : .serviceUnavailable,
            headers: [.contentType: "application/json", .cacheControl: "no-cache, no-store, must-revalidate"],
            body: .init(byteBuffer: ByteBuffer(string: object.text + "\n")))
    }

    struct Part: Hashable, Sendable {
        var name: String
        var isReady: Bool
        var text: String

        /// A service as the documents show it.
        var json: String {
            var service = JSONLine()
            service.field("service", name)
            service.field("status", isReady ? "healthy" : "unhealthy")
            service.field("details", text)
            return service.text
        }
    }

    /// A projector that does not run makes views stale, and keeps no event out.
    var parts: [Part] {
        let server: Part =
            switch state.now {
            case .starting(let what): Part(name: "server", isReady: false, text: "starting: \(what)")
            case .ready: Part(name: "server", isReady: true, text: "ready")
            case .stopping: Part(name: "server", isReady: false, text: "stopping")
            }
        var parts = [server]
        if let workspace = state.workspace {
            for (name, readiness) in workspace.readiness.sorted(by: { $0.key < $1.key }) {
                parts.append(Part(name: name, isReady: readiness.isReady, text: "\(readiness)"))
            }
        }
        if state.options.projector != nil {
            parts.append(Part(name: "projector", isReady: true, text: state.projector.withLock { $0 }))
        }
        return parts
    }

    private static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
