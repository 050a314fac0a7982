import VarveEvents

// Messages and the bot itself (C7–C9, C17, C18). Atomic Guide's chat (A29) is the same signal.

extension Catalog {
    static let chatbotSignals: [SignalDescription] = [
        describe(
            "chat.message", .chatbot, "a message was answered", ["C9", "C18", "A29"], sources: ["message:processed"],
            dedup: ["message_id"],
            [
                FieldDescription("user", .text, required: true, privacy: .pseudonymous, "", from: ["user_id", "facebook_id"]),
                .session, FieldDescription("message_id", .text, privacy: .pseudonymous, from: ["messageId"]),
                FieldDescription("user_name", .text, privacy: .personal),
                FieldDescription("message_text", .text, privacy: .content),
                FieldDescription("length", .integer, unit: .count, "characters of the text"),
                FieldDescription("response_time_ms", .number, unit: .milliseconds, from: ["response_time", "responseTime"]),
            ]),
        describe(
            "bot.heartbeat", .chatbot, "the bot is running, with its resource usage", ["C7", "C8", "C17"],
            [
                FieldDescription("uptime_s", .number, unit: .seconds, "since it was started", from: ["uptime"]),
                FieldDescription("memory_mb", .number, unit: .megabytes, from: ["system.memory_mb"]),
                FieldDescription(
                    "cpu", .number, unit: .fraction,
                    from: [FieldSource("cpu_percent", times: 0.01), FieldSource("system.cpu_percent", times: 0.01)]),
                FieldDescription("connections", .integer, unit: .count, "open connections of users", from: ["activeConnections"]),
                FieldDescription("database_connections", .integer, unit: .count, from: ["system.database_connections"]),
            ]),
        describe("connection.opened", .chatbot, "a user's connection was opened", ["C7"], [.session, .user]),
        describe(
            "connection.closed", .chatbot, "a user's connection was closed", ["C7", "C59"],
            [.duration("how long it was open"), FieldDescription("reason", .text), .session, .user]),
    ]
}
