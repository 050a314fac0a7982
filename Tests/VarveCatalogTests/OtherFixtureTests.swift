import Testing
import VarveCatalog
import VarveEvents
import VarveProjections

/// `Fixtures/flashfusion.ndjson` (30 lines, one id twice), `chatbot.ndjson` (14, one twice) and `monitoring.ndjson` (24). All of
/// 2026-03-01 unless said.
struct OtherFixtureTests {
    static let flashfusion: [Answer] = [
        // An action without items is counted, and adds nothing: no sum of nothing, and no mean.
        Answer(
            "creator_actions", ["user": "user-123", "action": "product_create"], ["actions": 2, "items": nil, "batch_size": nil]),
        // Batches of 10 and 30, the second a millisecond before 10 h.
        Answer(
            "creator_actions", ["user": "user-123", "action": "batch_upload"],
            ["actions": 2, "items": 40, "batch_size": 20, "largest_batch": 30]),
        Answer("creator_actions", .hour, at: "2026-03-01T09:00", ["user": "user-123"], ["actions": 2]),
        Answer("creator_actions", .hour, at: "2026-03-01T10:00", ["actions": 2, "items": 7]),
        Answer("creator_zones", ["timezone": "Europe/Berlin"], ["actions": 5, "creators": 2]),
        // Sunday 8 to 10 h: two products at 8, two batches in the hour of 9, the last a millisecond before 10 h.
        Answer("creator_hours", ["timezone": "Europe/Berlin", "hour_of_week": "152"], ["actions": 2, "creators": 1]),
        Answer("creator_hours", ["timezone": "Europe/Berlin", "hour_of_week": "153"], ["actions": 2, "creators": 1]),
        // F5's example; the report of 11:00 comes later and does not count as the latest.
        Answer(
            "pod_orders", ["channel": "Printful"],
            ["reports": 2, "total_orders": 1000, "failed_orders": 35, "success_rate": 0.965, "processing_s": 45.2]),
        Answer("pod_orders", ["channel": "Teespring"], ["success_rate": 0.9]),
        // No orders: no rate.
        Answer("pod_orders", ["channel": "Printify"], ["total_orders": 0, "success_rate": nil]),
        // 135 145 155 ms: p50 rank 2, p95 rank 3. Two of three reports healthy.
        Answer(
            "integrations", ["channel_name": "Stripe Payment Gateway"],
            [
                "reports": 3, "status": "healthy", "uptime": 0.9994, "error_rate": 0.0006, "failure_count": 2, "p50_ms": 145,
                "p95_ms": 155,
                "healthy_share": 2.0 / 3,
            ]),
        Answer("integrations", ["channel_name": "Mail"], ["failed": 1, "uptime": 0.98, "healthy_share": 0, "max_ms": 1001]),
        // td-001 came twice and counts once: 8 + 2.5 hours.
        Answer("tech_debt_found", ["severity": "high", "category": "security"], ["found": 2, "effort_h": 10.5]),
        Answer("tech_debt_found", ["severity": "low"], ["found": 1, "effort_h": nil]),
        // The same incident two days later.
        Answer("incidents_opened", ["title": "orders stuck"], ["opened": 2]),
        Answer("incidents_opened", .day, at: "2026-03-03T00:00", ["severity": "critical"], ["opened": 1]),
        Answer(
            "scalability", ["resource": "RLS"],
            ["samples": 3, "warnings": 2, "criticals": 0, "status": "warning", "value": 85, "max_value": 90, "threshold": 100]),
        Answer("scalability", ["resource": "Cache"], ["criticals": 1, "value": 0.2]),
        Answer("documentation_gaps_found", ["area": "api", "priority": "high"], ["found": 2]),
    ]

    static let chatbot: [Answer] = [
        // 10 h: m-1 (twice, one id), m-2, m-3, and m-6, a millisecond before 11 h: u1 u1 u2 u3 in c1 c1 c2 c4; 100 200 600 300
        // ms.
        Answer(
            "messages", .hour, at: "2026-03-01T10:00",
            ["messages": 4, "users": 3, "chats": 3, "mean_ms": 300, "p50_ms": 200, "p95_ms": 600, "messages_per_chat": 4.0 / 3]),
        Answer("messages", .hour, at: "2026-03-01T11:00", ["messages": 1, "users": 1, "mean_ms": nil, "p50_ms": nil]),
        // The day: users u1 u2 u3, chats c1 c2 c4. Midnight belongs to the next day.
        Answer("messages", .day, at: "2026-03-01T00:00", ["messages": 5, "users": 3, "chats": 3, "mean_ms": 300]),
        Answer("messages", .day, at: "2026-03-02T00:00", ["messages": 1, "users": 1, "mean_ms": 50]),
        Answer("messages", ["messages": 6, "users": 3, "chats": 4, "messages_per_chat": 1.5, "mean_ms": 250]),
        // 1 March 2026 is a Sunday: its hours 10 and 11 are 154 and 155 of the week; midnight is Monday's first, 0.
        Answer("message_heatmap", ["hour_of_week": "154"], ["messages": 4, "users": 3]),
        Answer("message_heatmap", ["hour_of_week": "155"], ["messages": 1, "users": 1]),
        Answer("message_heatmap", .day, at: "2026-03-02T00:00", ["hour_of_week": "0"], ["messages": 1]),
        Answer("message_users", ["user": "u1"], ["messages": 3, "mean_ms": 150]),
        Answer("message_users", .day, at: "2026-03-02T00:00", ["user": "u3"], ["messages": 1]),
        Answer(
            "bot_heartbeats",
            [
                "heartbeats": 3, "uptime_s": 180, "memory_mb": 85, "cpu": 0.01, "connections": 2, "database_connections": 4,
                "max_memory_mb": 90, "max_connections": 8,
            ]),
        Answer("connections", ["opened": 2, "closed": 1, "duration_ms": 3000]),
        Answer("health_checks", ["service": "facebook"], ["uptime": 0, "status": "unhealthy"]),
        Answer("feature_usage", ["feature": "chat.message"], ["uses": 6, "users": 3]),
        Answer("active_users", .day, at: "2026-03-02T00:00", ["users": 1]),
    ]

    static let monitoring: [Answer] = [
        // 0.1 … 1.0: sum 5.5, p95 rank 10.
        Answer(
            "system_resources", ["host": "web-1", "resource": "system.cpu"],
            ["samples": 10, "mean": 0.55, "least": 0.1, "p95": 1.0, "greatest": 1.0]),
        Answer("system_resources", ["host": "web-2"], ["samples": 1, "mean": 0.25, "p95": 0.25]),
        // 3600 + 0 bytes and 7200 + 1800 in one hour; one of the samples says nothing of errors.
        Answer(
            "network_traffic", .hour, ["interface": "eth0"],
            ["received_bytes": 3600, "sent_bytes": 9000, "errors": 1, "received_per_second": 1, "sent_per_second": 2.5]),
        Answer(
            "metrics", .hour, at: "2026-03-01T10:00", ["metric_type": "jobs", "source": "cron"],
            ["samples": 2, "mean": 1.25, "least": -1.5, "greatest": 4, "latest": -1.5]),
        Answer("metrics", ["metric_type": "jobs", "source": "cron"], ["samples": 3, "mean": 12.5 / 3, "latest": 10]),
        Answer("metrics", ["source": nil], ["samples": 1, "latest": 1]),
        Answer(
            "thresholds", ["metric_type": "jobs"],
            ["changes": 2, "warning": 6, "critical": 12, "for_s": 60, "enabled": false, "updated_by": "bob"]),
        // Resolved a minute before it was triggered, by clocks that differ: both count.
        Answer("alerts", ["rule": "queue_backlog"], ["triggered": 2, "resolved": 1, "p95_s": 901]),
        Answer("alerts", ["severity": "critical"], ["triggered": 1, "resolved": 0, "p95_s": nil]),
    ]

    @Test(arguments: [(CatalogSystem.flashfusion, flashfusion), (.chatbot, chatbot), (.monitoring, monitoring)])
    func `the views say what a calculation by hand says`(system: CatalogSystem, answers: [Answer]) async throws {
        let fixture = try await Fixture.read(system)
        for answer in answers { try fixture.check(answer) }
    }

    @Test(arguments: [(CatalogSystem.flashfusion, 30, 1), (.chatbot, 14, 1), (.monitoring, 24, 0)])
    func `every line is counted once, and every signal of the system is there`(
        system: CatalogSystem, received: Int, duplicates: Int
    ) async throws {
        let fixture = try await Fixture.read(system)
        #expect(fixture.received == received && fixture.appended == received - duplicates && fixture.duplicates == duplicates)
        #expect(fixture.flags.isEmpty, "\(fixture.flags)")
        let missing = Catalog.signals(of: system).map(\.name).filter { !fixture.signals.contains($0) }
        #expect(missing.isEmpty, "\(missing)")
    }
}
