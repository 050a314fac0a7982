import VarveCatalog
import VarveEvents
import VarveProjections
import VarveViews
import VarveWire
import VarveWorkspace

/// The chatbot's `/debug/metrics` (C17): messages, users, system, and since when the bot has been running.
struct ChatbotSnapshot {
    /// The time of the newest event.
    let now: Timestamp

    /// One row of a view, over its time range from some time on.
    struct Question {
        var name: String
        var view: ViewDefinition
        var from: Timestamp?
    }

    private static let day = 86_400.0

    /// The queries that the output is made of.
    var questions: [Question] {
        let window = Numbers.Chatbot.activeWindow.value
        let all: [(String, String, Timestamp?)] = [
            ("bot", "bot_heartbeats", nil), ("sizes", "database_size", nil), ("messages", "messages", nil),
            ("messages of an hour", "messages", recent(3_600)), ("messages of a day", "messages", recent(Self.day)),
            ("users", "active_users", nil), ("users today", "active_users", days(1)),
            ("users this week", "active_users", days(7)),
            ("users now", "messages", recent(window)), ("launches", "lti_launches", recent(window)),
        ]
        return all.compactMap { name, view, from in
            Catalog.view(view).map { Question(name: name, view: $0.definition, from: from) }
        }
    }

    /// The start of the last `seconds`, up to and including now.
    private func recent(_ seconds: Double) -> Timestamp {
        Timestamp(nanoseconds: now.nanoseconds &- Int64(seconds) &* 1_000_000_000 &+ 1)
    }

    /// The start of the last `count` calendar days, including today.
    private func days(_ count: Int64) -> Timestamp? {
        BucketLevel.day.start(of: BucketLevel.day.bucket(of: now.nanoseconds) - count + 1).map { Timestamp(nanoseconds: $0) }
    }

    /// The fields of the output, from the answers to its queries.
    func parts(_ answers: [ViewAnswer]) -> [(String, String)] {
        var found: [String: ViewRow] = [:]
        for (question, answer) in zip(questions, answers) { found[question.name] = answer.rows.first }
        func number(_ name: String, _ column: String, empty: String = "0") -> String {
            found[name]?[column].map { $0 == .null ? empty : $0.json } ?? empty
        }
        var messages = JSONLine()
        messages.field("total", json: number("messages", "messages"))
        messages.field("last_hour", json: number("messages of an hour", "messages"))
        messages.field("last_24h", json: number("messages of a day", "messages"))
        messages.field("avg_response_time", json: number("messages", "mean_ms", empty: "null"))
        var users = JSONLine()
        users.field("total", json: number("users", "users"))
        users.field("active_today", json: number("users today", "users"))
        users.field("active_this_week", json: number("users this week", "users"))
        users.field("active_now", json: number("users now", "users"))
        var system = JSONLine()
        system.field("memory_mb", json: number("bot", "memory_mb", empty: "null"))
        // In percent, as the document defines it.
        system.field("cpu_percent", found["bot"]?["cpu"]?.number.map { $0 * 100 })
        let own = found["bot"]?["database_connections"] ?? .null
        let open = own == .null ? found["sizes"]?["connections"] ?? .null : own
        system.field("database_connections", json: open.json)
        return [
            ("uptime", number("bot", "uptime_s", empty: "null")), ("messages", messages.text), ("users", users.text),
            ("system", system.text), ("active_launches", number("launches", "successes")),
        ]
    }
}
