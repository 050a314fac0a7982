internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import VarveEvents
internal import VarveProjections
internal import VarveWire
internal import VarveWorkspace

/// `/api/analytics`: what the chatbot's analytics page shows for a range of days.
struct AnalyticsReplies: Sendable {
    let state: ServerState

    private struct Span {
        var from: Timestamp
        var to: Timestamp
        /// As long, right before.
        var before: Timestamp { Timestamp(nanoseconds: from.nanoseconds - (to.nanoseconds - from.nanoseconds)) }
    }

    private func span(_ query: QueryText, _ figures: DocumentFigures) throws(Problem) -> Span {
        let (from, to) = try query.range()
        let end = to ?? figures.now
        // No moment before 1970, so that none of the differences overflows.
        guard end.nanoseconds > 0 else { throw .badParameter("to", "after 1970") }
        let start = from ?? Timestamp(nanoseconds: end.nanoseconds - 7 * DocumentFigures.day)
        guard start < end, start.nanoseconds > 0 else { throw .badParameter("from", "before to") }
        return Span(from: start, to: end)
    }

    /// `GET /api/analytics/overview`: three figures, each with the period before and a point a day.
    func overview(_ request: Request, context: ReadContext) async throws -> Response {
        let query = try QueryText(request)
        try query.allow(["from", "to"])
        let figures = DocumentFigures(workspace: context.workspace)
        let span = try span(query, figures)
        let now = try await figures.whole("messages", from: span.from, to: span.to)
        let before = try await figures.whole("messages", from: span.before, to: span.from)
        let days = try await figures.rows("messages", bucket: .day, from: span.from, to: span.to)
        func card(_ column: String) -> String {
            var object = JSONLine()
            let (value, earlier) = (now.double(column), before.double(column))
            object.field("value", value)
            object.field("previous", earlier)
            let change: Double? =
                if let value, let earlier, earlier != 0 { (value - earlier) / earlier * 100 } else { nil }
            object.field("changePercent", change)
            object.field("trend", change.map { $0 > 0 ? "up" : $0 < 0 ? "down" : "flat" })
            let points = days.map { $0.double(column).map { ChatbotReplies.number($0) } ?? "null" }
            object.field("sparkline", json: JSONLine.array(points))
            return object.text
        }
        var object = JSONLine()
        object.field("from", RFC3339.text(span.from))
        object.field("to", RFC3339.text(span.to))
        object.field("totalMessages", json: card("messages"))
        object.field("uniqueUsers", json: card("users"))
        object.field("avgResponseTime", json: card("mean_ms"))
        return ViewReplies.json(object.text + "\n")
    }

    /// `GET /api/analytics/timeline`: hourly, daily, weekly or monthly; what is more than two standard deviations from the mean
    /// is marked (C40).
    func timeline(_ request: Request, context: ReadContext) async throws -> Response {
        let query = try QueryText(request)
        try query.allow(["from", "to", "granularity"])
        let figures = DocumentFigures(workspace: context.workspace)
        let span = try span(query, figures)
        let granularity = query.first("granularity") ?? "daily"
        guard ["hourly", "daily", "weekly", "monthly"].contains(granularity) else {
            throw Problem.badParameter("granularity", "hourly, daily, weekly or monthly")
        }
        let bucket: BucketLevel = granularity == "hourly" ? .hour : .day
        let rows = try await figures.rows("messages", bucket: bucket, from: span.from, to: span.to)
        var points: [(time: String, messages: Int, sum: Double)] = []
        for row in rows {
            guard let time = row.text("time") else { continue }
            let key = Self.period(time, granularity)
            let (count, sum) = (row.int("messages"), row.double("response_sum_ms") ?? 0)
            if let last = points.last, last.time == key {
                points[points.count - 1] = (key, last.messages + count, last.sum + sum)
            } else {
                points.append((key, count, sum))
            }
        }
        let mean = points.isEmpty ? 0 : Double(points.reduce(0) { $0 + $1.messages }) / Double(points.count)
        let squares = points.reduce(0.0) { $0 + (Double($1.messages) - mean) * (Double($1.messages) - mean) }
        let deviation = points.count < 3 ? .infinity : (squares / Double(points.count)).squareRoot()
        let objects = points.map { point in
            var object = JSONLine()
            object.field("time", point.time)
            object.field("messages", point.messages)
            object.field("avgResponseTime", point.messages == 0 ? nil : point.sum / Double(point.messages))
            object.field("anomaly", deviation > 0 && abs(Double(point.messages) - mean) > 2 * deviation)
            return object.text
        }
        return ViewReplies.json("[" + objects.joined(separator: ",\n") + "]\n")
    }

    /// The start of the week (Monday) or month that a day of RFC 3339 lies in; the time itself for days and hours.
    static func period(_ time: String, _ granularity: String) -> String {
        switch granularity {
        case "monthly": return time.prefix(7) + "-01T00:00:00Z"
        case "weekly":
            guard let moment = MomentText(String(time))?.timestamp.nanoseconds else { return time }
            // The first of January 1970 was a Thursday.
            let days = moment / DocumentFigures.day
            let monday = days - (days + 3) % 7
            return RFC3339.text(Timestamp(nanoseconds: monday * DocumentFigures.day))
        default: return time
        }
    }

    /// `GET /api/analytics/users`: who is active, who writes most, and when.
    func users(_ request: Request, context: ReadContext) async throws -> Response {
        let query = try QueryText(request)
        try query.allow(["from", "to", "limit"])
        let figures = DocumentFigures(workspace: context.workspace)
        let span = try span(query, figures)
        let limit = try query.number("limit", in: 1...1_000) ?? 20
        var object = JSONLine()
        object.field("activeNow", try await figures.whole("messages", from: figures.ago(DocumentFigures.hour / 2)).int("users"))
        object.field("activeToday", try await figures.whole("messages", from: figures.today).int("users"))
        let days = try await figures.rows("messages", bucket: .day, from: figures.ago(7 * DocumentFigures.day))
        object.field("dailyActive", json: JSONLine.array(days.map { "\($0.int("users"))" }))
        let top = try await figures.rows(
            "message_users", by: ["user"], from: span.from, to: span.to, sort: "messages:desc", limit: limit)
        let users = top.map { row in
            var user = JSONLine()
            user.field("userId", row.text("user"))
            user.field("messages", row.int("messages"))
            user.field("avgResponseTime", row.double("mean_ms"))
            return user.text
        }
        object.field("topUsers", json: JSONLine.array(users))
        let heat = try await figures.rows("message_heatmap", by: ["hour_of_week"], from: span.from, to: span.to)
        let cells = heat.map { row in
            let hour = row.int("hour_of_week")
            return "{\"day\":\(hour / 24),\"hour\":\(hour % 24),\"messages\":\(row.int("messages"))}"
        }
        object.field("heatmap", json: JSONLine.array(cells))
        return ViewReplies.json(object.text + "\n")
    }
}
