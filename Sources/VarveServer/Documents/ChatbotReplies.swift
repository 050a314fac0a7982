internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Synchronization
internal import VarveEvents
internal import VarveLog
internal import VarveProjections
internal import VarveWire
internal import VarveWorkspace

/// The chatbot's figures in the shapes of its document. The document's rings of seven days, 1,000 response times and 50 messages
/// are limits of what is answered: everything lies in the log.
struct ChatbotReplies: Sendable {
    let state: ServerState
    static let hoursShown = 168
    static let timesShown = 1_000
    static let messagesShown = 50

    /// `GET /debug/health-quick`: from what is known; it asks nobody and never waits.
    func quick(_ request: Request, context: RootContext) async throws -> Response {
        let start = ContinuousClock().now
        var checks = JSONLine()
        var database = JSONLine()
        let isOpen = if case .ready = state.now { true } else { false }
        database.field("status", isOpen ? "healthy" : "unhealthy")
        checks.field("database", json: database.text)
        let (status, time) = facebook()
        var page = JSONLine()
        page.field("status", status)
        page.field("last_checked", time)
        checks.field("facebook", json: page.text)
        var memory = JSONLine()
        memory.field("status", "healthy")
        memory.field("memory_mb", ProcessUsage.memoryBytes.map { Double($0) / 1_048_576 })
        checks.field("memory", json: memory.text)
        var object = JSONLine()
        object.field("status", isOpen ? "healthy" : "unhealthy")
        object.field("timestamp", RFC3339.text(DocumentFigures.moment))
        object.field("checks", json: checks.text)
        object.field("response_time_ms", (ContinuousClock().now - start) / .milliseconds(1))
        return ViewReplies.json(object.text + "\n", status: isOpen ? .ok : .serviceUnavailable)
    }

    /// What is known of the page's service; looked up again when that is five minutes old.
    private func facebook() -> (status: String, time: String?) {
        guard case .ready(let home) = state.now else { return ("unknown", nil) }
        let now = ContinuousClock().now
        let (known, isOld) = state.facebook.withLock { known in
            let isOld = known.map { now - $0.at > .seconds(300) } ?? true
            // Everybody may ask, and only one of them looks it up.
            if isOld { known = (now, known?.status ?? "unknown", known?.time) }
            return (known, isOld)
        }
        if isOld {
            Task {
                let figures = DocumentFigures(workspace: ReadableWorkspace(home.workspace))
                let rows = (try? await figures.rows("service_status", table: "entities")) ?? []
                let row = rows.first { $0.text("service")?.lowercased().hasPrefix("facebook") ?? false }
                let found = (row?.text("status") ?? "unknown", row?.text("since"))
                state.facebook.withLock { $0 = (ContinuousClock().now, found.0, found.1) }
            }
        }
        return (known?.status ?? "unknown", known?.time)
    }

    /// `GET /debug/metrics`.
    func metrics(_ request: Request, context: ReadContext) async throws -> Response {
        try QueryText(request).allow([])
        return ViewReplies.json(try await current(DocumentFigures(workspace: context.workspace)).text + "\n")
    }

    /// `GET /api/v1/metrics/current`: the same, the hours of a week, and the latest single response times.
    func currentMetrics(_ request: Request, context: ReadContext) async throws -> Response {
        try QueryText(request).allow([])
        let figures = DocumentFigures(workspace: context.workspace)
        var object = try await current(figures)
        object.field("hourly", json: JSONLine.array(try await hourly(figures)))
        let recent = try await messages(context.workspace, Self.timesShown).compactMap { $0.double("response_time") }
        object.field("response_times", json: JSONLine.array(recent.reversed().map { Self.number($0) }))
        return ViewReplies.json(object.text + "\n")
    }

    func current(_ figures: DocumentFigures) async throws -> JSONLine {
        var object = JSONLine()
        object.field("timestamp", RFC3339.text(figures.now))
        object.field("uptime", (ContinuousClock().now - state.started) / .seconds(1))
        object.field("messages", json: try await messages(figures))
        object.field("users", json: try await users(figures))
        object.field("system", json: try await system(figures))
        return object
    }

    func messages(_ figures: DocumentFigures) async throws -> String {
        let all = try await figures.whole("messages")
        var object = JSONLine()
        object.field("total", all.int("messages"))
        object.field("last_hour", try await figures.whole("messages", from: figures.ago(DocumentFigures.hour)).int("messages"))
        object.field("last_24h", try await figures.whole("messages", from: figures.ago(DocumentFigures.day)).int("messages"))
        object.field("avg_response_time", all.double("mean_ms"))
        return object.text
    }

    func users(_ figures: DocumentFigures) async throws -> String {
        var object = JSONLine()
        object.field("total", try await figures.whole("messages").int("users"))
        object.field("active_now", try await figures.whole("messages", from: figures.ago(DocumentFigures.hour / 2)).int("users"))
        object.field("active_today", try await figures.whole("messages", from: figures.today).int("users"))
        object.field(
            "active_this_week", try await figures.whole("messages", from: figures.ago(7 * DocumentFigures.day)).int("users"))
        return object.text
    }

    /// The bot's own figures where it reports them, else this process's.
    func system(_ figures: DocumentFigures) async throws -> String {
        let bot = try await figures.whole("bot_heartbeats")
        var object = JSONLine()
        object.field("memory_mb", bot.double("memory_mb") ?? ProcessUsage.memoryBytes.map { Double($0) / 1_048_576 })
        object.field("cpu_percent", bot.double("cpu").map { $0 * 100 })
        object.field("database_connections", bot.int("database_connections"))
        return object.text
    }

    /// The hours of the last week that have messages, as `hourly_messages` has them.
    func hourly(_ figures: DocumentFigures) async throws -> [String] {
        try await figures.rows("messages", bucket: .hour, from: figures.ago(Int64(Self.hoursShown) * DocumentFigures.hour)).map {
            var object = JSONLine()
            object.field("hour", $0.text("time"))
            object.field("message_count", $0.int("messages"))
            object.field("unique_users", $0.int("users"))
            object.field("avg_response_time", $0.double("mean_ms"))
            return object.text
        }
    }

    /// The latest messages, newest first.
    func messages(_ workspace: ReadableWorkspace, _ count: Int) async throws -> [DocumentRow] {
        var filter = LogFilter()
        filter.signals = ["chat.message"]
        let page = try await workspace.events(
            filter, .desc, cursor: nil, limit: count, bytesMax: state.options.limits.bytesPerPage)
        return page.bytes.split(separator: 0x0A).compactMap { MessageText.row(String(decoding: $0, as: UTF8.self)) }
    }

    static func number(_ value: Double) -> String {
        var writer = JSONWriter()
        writer.double(value)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
