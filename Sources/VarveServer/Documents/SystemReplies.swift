internal import HTTPTypes
internal import Hummingbird
internal import VarveEvents
internal import VarveProjections
internal import VarveViews
internal import VarveWire
internal import VarveWorkspace

/// The getters of FlashFusion and Bookiji: all of a system's figures in one object, a member for each view.
struct SystemReplies: Sendable {
    let state: ServerState

    private static let flashfusion: [(name: String, view: String, table: String?)] = [
        ("creatorBehavior", "creator_activity", nil), ("batchPatterns", "creator_batches", nil),
        ("peakPatterns", "creator_zones", nil), ("podSuccessRates", "pod_orders", nil),
        ("integrationHealth", "integration_status", "entities"), ("techDebt", "tech_debt", "entities"),
        ("incidents", "incidents", "entities"), ("scalabilityThresholds", "scalability_status", "entities"),
        ("documentationGaps", "documentation_gaps", "entities"), ("config", "configuration", "entities"),
    ]

    private static let bookiji: [(name: String, view: String, table: String?)] = [
        ("rollback_rate", "rollback_rate", nil), ("retry_success", "retry_success", nil),
        ("error_recovery", "error_recovery", nil), ("duplicate_suppression", "suppressed_clicks", nil),
        ("user_latency", "user_latency", nil), ("resilience", "resilience", nil),
    ]

    /// `GET /api/flashfusion/{operation}`: `getMetrics` and `exportMetrics`.
    func flashfusion(_ request: Request, context: ReadContext) async throws -> Response {
        try QueryText(request).allow([])
        let operation = context.parameters.get("operation") ?? ""
        guard operation == "getMetrics" || operation == "exportMetrics" else {
            throw Problem(404, "unknown_operation", "there are getMetrics and exportMetrics")
        }
        var response = ViewReplies.json(try await all(Self.flashfusion, context.workspace) + "\n")
        if operation == "exportMetrics" {
            response.headers[.contentDisposition] = "attachment; filename=\"flashfusion_metrics.json\""
        }
        return response
    }

    /// `GET /api/telemetry/resilience`: `get_resilience_metrics()`, by component and all together.
    func resilience(_ request: Request, context: ReadContext) async throws -> Response {
        try QueryText(request).allow([])
        return ViewReplies.json(try await all(Self.bookiji, context.workspace) + "\n")
    }

    private func all(
        _ views: [(name: String, view: String, table: String?)], _ workspace: ReadableWorkspace
    ) async throws -> String {
        var object = JSONLine()
        object.field("timestamp", RFC3339.text(DocumentFigures.moment))
        for (name, view, table) in views {
            let definition = try await workspace.view(view, "main")
            var request = ViewRequest(definition, source: .keptOrLog(projector: "main"), table: table)
            if case .mergeable = definition { request.bucket = .all }
            object.field(name, json: JSONLine.array(AnswerText(try await workspace.answer(request)).objects))
        }
        return object.text
    }
}
