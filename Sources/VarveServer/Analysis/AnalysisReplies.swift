internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import VarveEvents
internal import VarveLog
internal import VarveReports

/// Analyses and reports over HTTP.
struct AnalysisReplies: Sendable {
    let state: ServerState

    static let kinds = AnalysisKind.allCases.map(\.rawValue).joined(separator: ", ")
    static let reports = ReportKind.allCases.map(\.rawValue).joined(separator: ", ") + "."
    private static let names: Set<String> = ["view", "column", "by", "bucket", "where", "from", "to", "at", "name"]
    static let allNames = AnalysisKind.allCases.reduce(names) { $0.union($1.options) }

    /// `GET /api/v1/analyze/{what}`: as `varve analyze … --json`.
    func analyze(_ request: Request, context: ReadContext) async throws -> Response {
        let word = try ViewReplies.name(context, "what")
        guard let kind = AnalysisKind(rawValue: word) else {
            throw Problem(404, "unknown_analysis", "there is no analysis '\(word)'; there are \(Self.kinds)")
        }
        let query = try QueryText(request)
        try query.allow(Self.names.union(kind.options))
        let question = try Self.question(query, kind)
        let most = state.options.limits.rowsPerAnswer
        let text = try await Self.answer(context, query.first("name")) { rows in
            try kind.answer(question, rows).json(most: most)
        }
        return ViewReplies.json(text)
    }

    private static func question(_ query: QueryText, _ kind: AnalysisKind) throws(Problem) -> AnalysisQuestion {
        var question = AnalysisQuestion()
        (question.view, question.column) = (query.first("view"), query.first("column"))
        question.by = query.list("by")
        question.bucket = try query.bucket()
        question.conditions = try query.conditions()
        (question.from, question.to) = try query.range()
        question.asOf = try query.asOf()
        for name in kind.options where !query.all(name).isEmpty { question.options[name] = query.all(name) }
        return question
    }

    /// `GET /api/v1/reports/{kind}`: as `varve report`.
    func report(_ request: Request, context: ReadContext) async throws -> Response {
        let word = try ViewReplies.name(context, "kind")
        guard let kind = ReportKind(rawValue: word) else {
            throw Problem(404, "unknown_report", "there is no report '\(word)'; there are \(Self.reports)")
        }
        let query = try QueryText(request)
        try query.allow(["format", "from", "to", "at", "name"])
        let text = query.first("format") ?? "json"
        guard let format = ReportFormat(rawValue: text) else { throw Problem.badParameter("format", "json, markdown or html") }
        let (from, to) = try query.range()
        let asOf = try query.asOf()
        let body = try await Self.answer(context, query.first("name")) { rows in
            try kind.report(rows, from: from, to: to, asOf: asOf).text(format)
        }
        return Response(
            status: .ok, headers: [.contentType: Self.type(format), .cacheControl: "no-cache"],
            body: .init(byteBuffer: ByteBuffer(string: body)))
    }

    private static func type(_ format: ReportFormat) -> String {
        switch format {
        case .json: "application/json"
        case .markdown: "text/markdown; charset=utf-8"
        case .html: "text/html; charset=utf-8"
        }
    }

    /// Runs `body` on a thread that answers questions. Its refusals keep their words.
    private static func answer(
        _ context: ReadContext, _ projector: String?, _ body: @escaping @Sendable (AnalysisRows) throws -> String
    ) async throws -> String {
        let path = context.workspace.path
        let result: Result<String, AnalysisError> = try await context.workspace.read { reader in
            let rows = AnalysisRows(reader, at: path, projector: projector ?? "main")
            do { return .success(try body(rows)) } catch let error as AnalysisError { return .failure(error) }
        }
        switch result {
        case .success(let text): return text
        case .failure(let error):
            throw Problem(error.kind == .usage ? 400 : 422, error.kind == .usage ? "bad_question" : "no_answer", "\(error)")
        }
    }
}
