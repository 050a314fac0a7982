internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import VarveEvents
internal import VarveProjections
internal import VarveWire
internal import VarveWorkspace

/// The Atomic Guide's two dashboards as data, field by field (A45–A53).
struct AtomicReplies: Sendable {
    let state: ServerState

    private static let ranges: [String: Int64] = [
        "1h": DocumentFigures.hour, "6h": 6 * DocumentFigures.hour, "24h": DocumentFigures.day, "7d": 7 * DocumentFigures.day,
        "30d": 30 * DocumentFigures.day,
    ]
    private static let periods: [String: Int64] = [
        "day": DocumentFigures.day, "week": 7 * DocumentFigures.day, "month": 30 * DocumentFigures.day,
    ]

    /// `GET /api/dashboard/operational?timeRange=24h`.
    func operational(_ request: Request, context: ReadContext) async throws -> Response {
        let query = try QueryText(request)
        try query.allow(["timeRange"])
        let name = query.first("timeRange") ?? "24h"
        guard let length = Self.ranges[name] else { throw Problem.badParameter("timeRange", "1h, 6h, 24h, 7d or 30d") }
        let figures = DocumentFigures(workspace: context.workspace)
        let from = figures.ago(length)
        let bucket: BucketLevel = length <= 7 * DocumentFigures.day ? .hour : .day
        let requests = try await figures.rows("requests", bucket: bucket, from: from)
        let launches = try await figures.rows("lti_launches", bucket: bucket, from: from)
        var charts = JSONLine()
        charts.field("requestsOverTime", json: Self.points(requests) { Double($0.int("requests")) })
        charts.field("errorsOverTime", json: Self.points(requests) { Double($0.int("status_5xx")) })
        charts.field("responseTimeOverTime", json: Self.points(requests) { $0.double("mean_ms") })
        charts.field("ltiLaunchesOverTime", json: Self.points(launches) { Double($0.int("launches")) })
        var object = JSONLine()
        object.field("timestamp", RFC3339.text(figures.now))
        object.field("timeRange", name)
        object.field("overview", json: try await overview(figures, from))
        object.field("charts", json: charts.text)
        object.field("topErrors", json: try await figures.whole("errors", from: from).json("top_messages") ?? "[]")
        let slowest = try await figures.rows("requests", by: ["path"], from: from, sort: "p95_ms:desc", limit: 10)
        object.field(
            "slowestEndpoints",
            json: JSONLine.array(
                slowest.map { row in
                    var line = JSONLine()
                    line.field("path", row.text("path"))
                    line.field("p95_ms", row.double("p95_ms"))
                    line.field("requests", row.int("requests"))
                    return line.text
                }))
        let uses = try await figures.rows("feature_usage", by: ["feature"], from: from)
        object.field("featureUsage", json: Self.object(uses, "feature", "uses"))
        return ViewReplies.json(object.text + "\n")
    }

    func overview(_ figures: DocumentFigures, _ from: Timestamp) async throws -> String {
        let all = try await figures.whole("requests", from: from)
        var object = JSONLine()
        object.field("totalRequests", all.int("requests"))
        object.field("errorRate", all.double("error_rate") ?? 0)
        object.field("avgResponseTime", all.double("mean_ms"))
        let hour = figures.ago(DocumentFigures.hour)
        object.field("activeLaunches", try await figures.whole("lti_launches", from: hour).int("launches"))
        object.field("uptime", try await figures.whole("health_checks", from: from).double("uptime"))
        return object.text
    }

    /// `GET /api/dashboard/business?period=day`.
    func business(_ request: Request, context: ReadContext) async throws -> Response {
        let query = try QueryText(request)
        try query.allow(["period"])
        let name = query.first("period") ?? "day"
        guard let length = Self.periods[name] else { throw Problem.badParameter("period", "day, week or month") }
        let figures = DocumentFigures(workspace: context.workspace)
        let from = figures.ago(length)
        var object = JSONLine()
        object.field("timestamp", RFC3339.text(figures.now))
        object.field("period", name)
        object.field("userEngagement", json: try await engagement(figures, from, name))
        let launches = try await figures.whole("lti_launches", from: from)
        let platforms = try await figures.rows("lti_launches", by: ["platform_id"], from: from, sort: "launches:desc", limit: 10)
        var lti = JSONLine()
        lti.field("totalLaunches", launches.int("launches"))
        lti.field("uniquePlatforms", launches.int("platforms"))
        lti.field("launchSuccess", launches.double("launch_success"))
        lti.field("topPlatforms", json: Self.object(platforms, "platform_id", "launches"))
        object.field("ltiIntegration", json: lti.text)
        let uses = try await figures.rows("feature_usage", by: ["feature"], from: from)
        func count(_ features: [String]) -> Int {
            uses.reduce(0) { $0 + (features.contains($1.text("feature") ?? "") ? $1.int("uses") : 0) }
        }
        var adoption = JSONLine()
        adoption.field("chatUsage", count(["chat.message"]))
        adoption.field("videoProcessing", count(["video.uploaded", "video.transcribed"]))
        adoption.field("faqQueries", count(["faq.query"]))
        adoption.field("assessmentUsage", count(["assessment.created", "assessment.completed"]))
        object.field("featureAdoption", json: adoption.text)
        let all = try await figures.whole("requests", from: from)
        var performance = JSONLine()
        performance.field("avgResponseTime", all.double("mean_ms"))
        performance.field("uptime", try await figures.whole("health_checks", from: from).double("uptime"))
        performance.field("errorRate", all.double("error_rate") ?? 0)
        object.field("performance", json: performance.text)
        return ViewReplies.json(object.text + "\n")
    }

    private func engagement(_ figures: DocumentFigures, _ from: Timestamp, _ period: String) async throws -> String {
        let users = try await figures.whole("active_users", from: from).int("users")
        let sessions = try await figures.rows("sessions", from: from, table: "sessions")
        let seconds = sessions.reduce(0.0) { $0 + ($1.double("seconds") ?? 0) }
        let periods = try await figures.rows("user_retention", table: "periods")
        let kind = ["day": "day", "week": "week", "month": "30 days"][period] ?? period
        let kept = periods.last { $0.text("period") == kind || $0.text("period") == period }
        var object = JSONLine()
        object.field("activeUsers", users)
        object.field("sessionsPerUser", users == 0 ? nil : Double(sessions.count) / Double(users))
        object.field("avgSessionDuration", sessions.isEmpty ? nil : seconds / Double(sessions.count))
        object.field("userRetention", kept?.double("retention"))
        return object.text
    }

    private static func points(_ rows: [DocumentRow], _ value: (DocumentRow) -> Double?) -> String {
        JSONLine.array(
            rows.map { row in
                var point = JSONLine()
                point.field("time", row.text("time"))
                point.field("value", value(row))
                return point.text
            })
    }

    private static func object(_ rows: [DocumentRow], _ name: String, _ count: String) -> String {
        var object = JSONLine()
        for row in rows { object.field(row.text(name) ?? "unknown", row.int(count)) }
        return object.text
    }
}
