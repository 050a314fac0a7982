internal import Hummingbird
internal import VarveLog
internal import VarveWorkspace

/// The log itself, as `varve log info` and `varve log segments` describe it.
struct LogReplies: Sendable {
    /// `GET /api/v1/log/info`.
    func info(_ request: Request, context: ReadContext) async throws -> Response {
        try QueryText(request).allow([])
        let path = context.workspace.path
        let text = try await context.workspace.question { () throws -> String in
            try LogText.info(LogReader.open(at: path))
        }
        return ViewReplies.json(text + "\n")
    }

    /// `GET /api/v1/log/segments`.
    func segments(_ request: Request, context: ReadContext) async throws -> Response {
        try QueryText(request).allow([])
        let path = context.workspace.path
        let objects = try await context.workspace.question { () throws -> [String] in
            try LogReader.open(at: path).segments().map { LogText.segment($0, withPath: false) }
        }
        return ViewReplies.json("[" + objects.joined(separator: ",\n") + "]\n")
    }
}
