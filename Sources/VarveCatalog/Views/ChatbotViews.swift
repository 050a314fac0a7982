import VarveEvents
import VarveProjections

// The chatbot's ring buffers, sets and cards as views over the log (C2–C12, C17, C30, C36–C42, decision D8).

extension Catalog {
    static let chatbotViews: [CatalogView] = [
        CatalogView(
            .chatbot, "messages, users, sessions and response times; the hourly rows are hourly_messages",
            ["C2", "C3", "C4", "C5", "C6", "C9", "C10", "C11", "C12", "C17", "C30", "C36", "C39", "C40", "C41", "A29", "D8"],
            units: ["messages_per_chat": .count], messages),
        CatalogView(
            .chatbot, "messages and users by hour of the week: 0 is Monday 00:00 UTC", ["C41"], messageHeatmap),
        CatalogView(.chatbot, "messages by user", ["C42"], messageUsers),
        CatalogView(.chatbot, "the bot's heartbeats and resource usage", ["C7", "C8", "C17"], heartbeats),
        CatalogView(.chatbot, "connections of users", ["C7"], connections),
    ]

    private static let messages = ViewDefinition("messages") {
        SignalFilter("chat.message")
        Measure.count("messages")
        Measure.distinct("users", of: "user")
        Measure.distinct("chats", of: "session")
        Measure.sum("response_sum_ms", of: "response_time_ms")
        Measure.spread(of: "response_time_ms")
        DerivedColumn.mean("mean_ms", of: "response_sum_ms")
        DerivedColumn.ratio("messages_per_chat", of: "messages", over: "chats")
    }

    private static let messageHeatmap = ViewDefinition("message_heatmap") {
        SignalFilter("chat.message")
        Buckets(.day, .all)
        Dimension.hourOfWeek()
        Measure.count("messages")
        Measure.distinct("users", of: "user")
    }

    private static let messageUsers = ViewDefinition("message_users") {
        SignalFilter("chat.message")
        Buckets(.day, .all)
        Dimension("user")
        Measure.count("messages")
        Measure.sum("response_sum_ms", of: "response_time_ms")
        DerivedColumn.mean("mean_ms", of: "response_sum_ms")
    }

    private static let heartbeats = ViewDefinition("bot_heartbeats") {
        SignalFilter("bot.heartbeat")
        Measure.count("heartbeats")
        Measure.last("uptime_s", of: "uptime_s")
        Measure.last("memory_mb", of: "memory_mb")
        Measure.last("cpu", of: "cpu")
        Measure.last("connections", of: "connections")
        Measure.last("database_connections", of: "database_connections")
        Measure.max("max_memory_mb", of: "memory_mb")
        Measure.max("max_connections", of: "connections")
    }

    private static let connections = ViewDefinition("connections") {
        SignalFilter("connection.opened", "connection.closed")
        Measure.count("opened", when: .signal("connection.opened"))
        Measure.count("closed", when: .signal("connection.closed"))
        Measure.sum("duration_sum_ms", of: "duration_ms")
        DerivedColumn.mean("duration_ms", of: "duration_sum_ms")
    }
}
