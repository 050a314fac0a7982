internal import Hummingbird
internal import Logging
internal import VarveLog
internal import VarveWire
internal import VarveWorkspace

/// The log itself, for those who operate it, as `varve log info` and `varve log segments` describe it.
struct LogReplies: Sendable {
    let state: ServerState

    /// `GET /api/v1/log/info`.
    func info(_ request: Request, context: ReadContext) async throws -> Response {
        try QueryText(request).allow([])
        let text = try await context.workspace.read { try LogFigures($0).json }
        return ViewReplies.json(text + "\n")
    }

    /// `GET /api/v1/log/segments`.
    func segments(_ request: Request, context: ReadContext) async throws -> Response {
        try QueryText(request).allow([])
        let objects = try await context.workspace.read { try $0.segments().map { LogText.segment($0, withPath: false) } }
        return ViewReplies.json("[" + objects.joined(separator: ",\n") + "]\n")
    }

    /// `POST /api/v1/log/retain` and `/compact`: what the schedule does, at once.
    func maintain(_ name: String) -> @Sendable (Request, AdminContext) async throws -> Response {
        { [state] request, context in
            try QueryText(request).allow([])
            let done = try await Maintenance(state: state, logger: context.logger).now(name, context.tenant)
            var object = JSONLine()
            object.field("done", done)
            return ViewReplies.json(object.text + "\n")
        }
    }
}
