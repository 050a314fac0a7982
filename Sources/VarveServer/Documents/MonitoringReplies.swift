internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import VarveEvents
internal import VarveProjections
internal import VarveViews
internal import VarveWire
internal import VarveWorkspace

/// `/api/monitoring` and `/api/analytics`: the pages of chatbot and Monitoring System.
struct MonitoringReplies: Sendable {
    let state: ServerState

    private var chatbot: ChatbotReplies { ChatbotReplies(state: state) }

    /// `GET /api/monitoring/dashboard`: the state of the document's monitoring page.
    func dashboard(_ request: Request, context: ReadContext) async throws -> Response {
        try QueryText(request).allow([])
        return ViewReplies.json(try await dashboard(context.workspace) + "\n")
    }

    func dashboard(_ workspace: ReadableWorkspace) async throws -> String {
        let figures = DocumentFigures(workspace: workspace)
        var object = JSONLine()
        object.field("health", json: try await health(figures))
        var metrics = JSONLine()
        metrics.field("messages", json: try await chatbot.messages(figures))
        metrics.field("users", json: try await chatbot.users(figures))
        let errors = try await figures.whole("errors", from: figures.ago(DocumentFigures.day))
        metrics.field("errors", json: "{\"last_24h\":\(errors.int("errors")),\"different\":\(errors.int("messages"))}")
        metrics.field("system", json: try await chatbot.system(figures))
        object.field("metrics", json: metrics.text)
        let recent = try await chatbot.messages(workspace, ChatbotReplies.messagesShown)
        object.field("realtimeMessages", json: JSONLine.array(recent.map { MessageText.json($0) }))
        object.field("lastUpdate", RFC3339.text(figures.now))
        return object.text
    }

    /// The document's four services, by what was last checked.
    func health(_ figures: DocumentFigures) async throws -> String {
        let rows = try await figures.rows("service_status", table: "entities")
        var object = JSONLine()
        for name in ["bot", "database", "facebook", "gemini"] {
            let row = rows.first { $0.text("service")?.lowercased().contains(name) ?? false }
            var service = JSONLine()
            service.field("status", row?.text("status") ?? "unknown")
            service.field("since", row?.text("since"))
            service.field("latency_ms", row?.double("latency_ms"))
            service.field("error", row?.text("error"))
            object.field(name, json: service.text)
        }
        return object.text
    }

    /// `GET /api/monitoring/export`: the hours of a week, as CSV or JSON.
    func export(_ request: Request, context: ReadContext) async throws -> Response {
        let query = try QueryText(request)
        try query.allow(["format", "from", "to"])
        let isCSV = query.first("format") == "csv"
        guard isCSV || ["json", nil].contains(query.first("format")) else { throw Problem.badParameter("format", "csv or json") }
        let figures = DocumentFigures(workspace: context.workspace)
        let (from, to) = try query.range()
        let view = try await context.workspace.view("messages", "main")
        let answer = try await context.workspace.answer(
            ViewRequest(
                view, source: .keptOrLog(projector: "main"), bucket: .hour, by: [],
                from: from ?? figures.ago(Int64(ChatbotReplies.hoursShown) * DocumentFigures.hour), to: to))
        let text = AnswerText(answer)
        guard isCSV else { return ViewReplies.json(text.json) }
        return Response(
            status: .ok,
            headers: [.contentType: "text/csv; charset=utf-8", .contentDisposition: "attachment; filename=\"monitoring.csv\""],
            body: .init(byteBuffer: ByteBuffer(string: text.csv)))
    }

    /// `GET /api/monitoring/status`: `getSystemStatus()`.
    func status(_ request: Request, context: ReadContext) async throws -> Response {
        try QueryText(request).allow([])
        let figures = DocumentFigures(workspace: context.workspace)
        let services = try await figures.rows("service_status", table: "entities")
        let open = try await figures.rows("alert_states", table: "entities").filter { $0.text("status") == "active" }
        let isWell = services.allSatisfy { $0.text("status") == "healthy" }
        var object = JSONLine()
        object.field("status", open.contains { $0.text("severity") == "critical" } ? "critical" : isWell ? "healthy" : "degraded")
        object.field("timestamp", RFC3339.text(figures.now))
        object.field("services", services.count)
        object.field("unhealthy", services.count { $0.text("status") != "healthy" })
        object.field("activeAlerts", open.count)
        object.field("resources", json: try await rowsText(context.workspace, "system_resources", ["host", "resource"]))
        return ViewReplies.json(object.text + "\n")
    }

    private func rowsText(_ workspace: ReadableWorkspace, _ name: String, _ by: [String]) async throws -> String {
        let view = try await workspace.view(name, "main")
        let answer = try await workspace.answer(
            ViewRequest(view, source: .keptOrLog(projector: "main"), bucket: .all, by: by))
        return JSONLine.array(AnswerText(answer).objects)
    }

    /// A view under the name of a getter of the documents: its rows, with the range and filters of `view show`.
    func rows(of view: String, table: String? = nil) -> @Sendable (Request, ReadContext) async throws -> Response {
        { request, context in
            let query = try QueryText(request)
            try query.allow(["from", "to", "bucket", "where", "limit", "sort", "format", "envelope"])
            let format = try RowFormat(query, request.headers)
            let definition = try await context.workspace.view(view, "main")
            let (from, to) = try query.range(in: definition.zone)
            let answer = try await context.workspace.answer(
                ViewRequest(
                    definition, source: .keptOrLog(projector: "main"), bucket: table == nil ? try query.bucket() : nil,
                    table: table, where: try query.conditions().map { DimensionFilter($0) }, from: from, to: to,
                    order: try query.order(state.options.limits)))
            return format.reply(answer, to: request)
        }
    }
}
