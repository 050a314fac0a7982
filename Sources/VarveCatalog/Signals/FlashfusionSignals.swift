import VarveEvents

// Creators, channels, and things with a status: debt, incidents, gaps (F1–F11). A thing has one event when it is added and one
// for each change; a change has the id and the changed fields. Its state is folded from them.

extension Catalog {
    static let flashfusionSignals: [SignalDescription] = [
        describe(
            "creator.action", .flashfusion, "a creator did something", ["F1", "F2", "F3", "F4"],
            [
                .requiredUser, FieldDescription("action", .text, required: true, "product_create, batch_upload …"),
                FieldDescription("items", .integer, unit: .count, default: "1", "of a batch", from: ["batchSize", "itemCount"]),
                FieldDescription("timezone", .text, default: "unknown", privacy: .personal, "the zone's name: Europe/Berlin"),
                .session,
            ]),
        describe(
            "pod.result", .flashfusion, "order counts of a print channel, cumulative",
            ["F5", "F12"],
            [
                channel("channel", "Printful, Printify, Teespring …"),
                FieldDescription("total_orders", .integer, unit: .count, required: true, from: ["totalOrders"]),
                FieldDescription("successful_orders", .integer, unit: .count, required: true, from: ["successfulOrders"]),
                FieldDescription("failed_orders", .integer, unit: .count, from: ["failedOrders"]),
                FieldDescription("success_rate", .number, unit: .fraction, from: [FieldSource("successRate", times: 0.01)]),
                FieldDescription(
                    "processing_s", .number, unit: .seconds, "mean time of an order", from: ["averageProcessingTime"]),
            ]),
        describe(
            "integration.health", .flashfusion, "the health of a connected service", ["F6", "F13"],
            [
                channel("channel_name", "", from: ["channelName"]),
                FieldDescription("status", .text, required: true, allowed: ["healthy", "degraded", "failed"]),
                FieldDescription("uptime", .number, unit: .fraction, from: [FieldSource("uptime", times: 0.01)]),
                FieldDescription("failure_count", .integer, unit: .count, from: ["failureCount"]),
                FieldDescription("response_time_ms", .number, unit: .milliseconds, from: ["responseTime"]),
                FieldDescription("error_rate", .number, unit: .fraction, from: [FieldSource("errorRate", times: 0.01)]),
                FieldDescription("last_failure", .text, "RFC 3339", from: ["lastFailure"]),
            ]),
        describe(
            "tech_debt.added", .flashfusion, "tech debt was found", ["F7", "F14"], retention: .afterResolution,
            dedup: ["debt_id"], debt(required: true)),
        describe(
            "tech_debt.updated", .flashfusion, "a tech debt item changed", ["F7", "F22"], retention: .afterResolution,
            debt(required: false)),
        describe(
            "incident.opened", .flashfusion, "an incident began", ["F8", "F15"], retention: .afterCreation,
            dedup: ["incident_id"], incident(required: true)),
        describe(
            "incident.updated", .flashfusion, "an incident changed", ["F8", "F21"], retention: .afterCreation,
            incident(required: false)),
        describe(
            "scalability.sample", .flashfusion, "one measurement of how close a resource is to its limit", ["F9", "F16"],
            [
                FieldDescription(
                    "resource", .text, required: true, allowed: ["RLS", "JWT", "Database", "API", "Cache"],
                    from: ["metric", "name"]),
                FieldDescription("value", .number, required: true, from: ["currentValue"]),
                FieldDescription("threshold", .number, from: ["thresholdValue"]),
                FieldDescription("unit", .text, "of value and threshold"),
                FieldDescription("status", .text, required: true, allowed: ["normal", "warning", "critical"]),
                FieldDescription("impact", .text, privacy: .content, "the impact on users", from: ["impactDescription"]),
            ]),
        describe(
            "documentation_gap.added", .flashfusion, "something is not documented", ["F10", "F11"], retention: .afterResolution,
            dedup: ["gap_id"], gap(required: true)),
        describe(
            "documentation_gap.updated", .flashfusion, "a documentation gap changed", ["F10"], retention: .afterResolution,
            gap(required: false)),
        describe(
            "config.changed", .flashfusion, "a setting was changed", ["F18", "F19", "F20"], retention: .latest,
            [
                FieldDescription("key", .text, required: true, "dotted: alertConfig.thresholds.podSuccessRate"),
                FieldDescription("value", .text, required: true, "as text"), .user,
            ]),
    ]

    private static func channel(_ name: String, _ meaning: String, from sources: [FieldSource] = []) -> FieldDescription {
        FieldDescription(name, .text, required: true, meaning, from: sources)
    }

    private static func debt(required: Bool) -> [FieldDescription] {
        [
            FieldDescription("debt_id", .text, required: true, from: ["id"]),
            FieldDescription("title", .text, required: required, privacy: .content),
            FieldDescription("description", .text, privacy: .content),
            FieldDescription("severity", .text, required: required, allowed: ["low", "medium", "high", "critical"]),
            FieldDescription(
                "category", .text, required: required, allowed: ["security", "performance", "maintainability", "scalability"]),
            FieldDescription("effort_h", .number, unit: .hours, "estimated", from: ["estimatedEffort"]),
            FieldDescription(
                "status", .text, allowed: ["identified", "planned", "in-progress", "resolved"],
                default: required ? "identified" : nil),
        ]
    }

    private static func incident(required: Bool) -> [FieldDescription] {
        [
            FieldDescription("incident_id", .text, required: true, from: ["id"]),
            FieldDescription("title", .text, required: required, privacy: .content),
            FieldDescription("description", .text, privacy: .content),
            FieldDescription("severity", .text, required: required, allowed: ["low", "medium", "high", "critical"]),
            FieldDescription(
                "status", .text, allowed: ["open", "investigating", "resolved", "closed"],
                default: required ? "open" : nil),
            FieldDescription("affected_systems", .json, "a list of names", from: ["affectedSystems"]),
            FieldDescription("root_cause", .text, privacy: .content, from: ["rootCause"]),
            FieldDescription("resolution", .text, privacy: .content),
        ]
    }

    private static func gap(required: Bool) -> [FieldDescription] {
        [
            FieldDescription("gap_id", .text, required: true, from: ["id"]),
            FieldDescription(
                "area", .text, required: required,
                allowed: ["db_access", "real_time_metrics", "live_system_state", "api", "mcp", "other"]),
            FieldDescription("title", .text, required: required, privacy: .content),
            FieldDescription("description", .text, privacy: .content),
            FieldDescription("priority", .text, required: required, allowed: ["low", "medium", "high"]),
            FieldDescription("assignee", .text, privacy: .personal),
            FieldDescription(
                "status", .text, allowed: ["identified", "in-progress", "completed"],
                default: required ? "identified" : nil),
        ]
    }
}
