public import VarveEvents

// The records of each system, as shown in their documents. If a record states its kind (`signal`, `type`, `event`, `kind`), by
// a signal's name, with `_` or `.`, or by the documents' name, only the signal's description is needed; the shapes below are
// for records that do not state it, and for records that contain several events.

extension Catalog {
    /// The shapes of records of `system`, in the order in which they are tried.
    public static func shapes(of system: CatalogSystem) -> [RecordShape] {
        let special: [RecordShape] =
            switch system {
            case .bookiji: []
            case .atomic: atomicShapes
            case .flashfusion: flashfusionShapes
            case .chatbot: chatbotShapes
            case .monitoring: monitoringShapes
            }
        let shared: [SignalDescription] =
            switch system {
            case .bookiji, .flashfusion: []
            case .atomic: ["chat.message", "metric.sample", "alert.triggered", "alert.resolved"].compactMap(signal)
            case .chatbot: ["health.check", "log.entry", "metric.sample", "db.sample"].compactMap(signal)
            case .monitoring: ["health.check", "http.request", "log.entry"].compactMap(signal)
            }
        return special + (signals(of: system) + shared).map { shape(of: $0) }
    }

    /// The shape of a record that states its kind.
    private static func shape(of signal: SignalDescription) -> RecordShape {
        RecordShape(signal.name, kinds: kinds(signal.name), times: times(signal.name), opens: ["context", "patch", "changes"])
    }

    /// The names by which a record can state the signal.
    static func kinds(_ name: String) -> [String] {
        let described = signal(name)?.sourceNames ?? []
        return described + [name, name.replacing(".", with: "_"), name.replacing(".", with: ":")]
    }

    private static func times(_ name: String) -> [String] {
        if name.hasSuffix(".updated") || name.hasSuffix(".resolved") { return ["resolved_at", "resolved_time", "updated_at"] }
        return ["last_updated", "last_checked", "date_identified", "start_time", "updated_at"]
    }

    private static let atomicShapes: [RecordShape] = [
        RecordShape("rum.page_load", kinds: kinds("rum.page_load"), opens: ["value"]),
        RecordShape("rum.vital", kinds: kinds("rum.vital") + ["web_vital"], needs: ["name", "value"], lacks: ["metric_type"]),
        RecordShape(
            "health.check", kinds: kinds("health.check"), needs: ["services"], opens: ["details"], rows: .each("services")),
        RecordShape("health.check", kinds: kinds("health.check"), needs: ["service", "status"], opens: ["details"]),
        RecordShape(
            "synthetic.check", needs: ["results", "total_checks"], ignores: ["total_checks", "passed_checks"],
            rows: .each("results")),
        RecordShape("metric.sample", kinds: ["worker_metrics"], needs: ["requests_per_second"], rows: metricLeaves),
        RecordShape("metric.sample", kinds: ["database_metrics"], needs: ["query_count"], rows: metricLeaves),
        RecordShape("metric.sample", kinds: ["lti_metrics"], needs: ["launches_per_hour"], rows: metricLeaves),
        RecordShape("metric.sample", kinds: ["feature_metrics"], rows: metricLeaves),
        RecordShape("alert.triggered", kinds: kinds("alert.triggered") + ["alert"], needs: ["rule", "severity"]),
        RecordShape(
            "db.query", kinds: kinds("db.query"), needs: ["query", "duration"],
            derives: [.firstWord(of: "query", into: "type")]),
        RecordShape("lti.launch", kinds: kinds("lti.launch"), needs: ["platform_id", "context_type"]),
        RecordShape("http.request", kinds: kinds("http.request"), needs: ["method", "path", "status"]),
        RecordShape("js.error", kinds: kinds("js.error"), needs: ["message", "lineno"]),
        RecordShape("log.entry", kinds: kinds("log.entry"), needs: ["level", "message"], opens: ["context"]),
        RecordShape("queue.depth", kinds: kinds("queue.depth") + ["queue_backlog"], needs: ["queue"]),
    ]

    private static let metricLeaves = RecordRows.leaves(name: "metric_type", value: "value")

    private static let flashfusionShapes: [RecordShape] = [
        RecordShape(
            "creator.action", kinds: kinds("creator.action") + ["trackCreatorBehavior"], needs: ["user_id", "action"],
            times: ["last_activity"]),
        RecordShape(
            "pod.result", kinds: kinds("pod.result") + ["addPODSuccessRate"], needs: ["channel", "total_orders"],
            times: ["last_updated"]),
        RecordShape(
            "integration.health", kinds: kinds("integration.health") + ["updateIntegrationHealth"],
            needs: ["channel_name", "status"], times: ["last_checked", "last_updated"]),
        RecordShape(
            "incident.opened", kinds: kinds("incident.opened") + ["incident", "addIncident"], needs: ["title", "severity"],
            lacks: ["category", "area", "date_identified"], times: ["start_time"], ignores: ["resolved_time"]),
        RecordShape(
            "incident.updated", kinds: kinds("incident.updated") + ["updateIncident"], times: ["resolved_time", "updated_at"],
            opens: ["patch", "changes"]),
        RecordShape(
            "tech_debt.added", kinds: kinds("tech_debt.added") + ["tech_debt", "addTechDebt"],
            needs: ["title", "severity", "category"], times: ["date_identified"]),
        RecordShape(
            "tech_debt.updated", kinds: kinds("tech_debt.updated") + ["updateTechDebt"], times: ["date_resolved", "updated_at"],
            opens: ["patch", "changes"]),
        RecordShape(
            "documentation_gap.added", kinds: kinds("documentation_gap.added") + ["documentation_gap", "addDocumentationGap"],
            needs: ["title", "area"], times: ["date_identified"]),
        RecordShape(
            "documentation_gap.updated", kinds: kinds("documentation_gap.updated") + ["updateDocumentationGap"],
            times: ["updated_at"], opens: ["patch", "changes"]),
        RecordShape(
            "scalability.sample", kinds: kinds("scalability.sample") + ["scalability_threshold"],
            needs: ["current_value", "threshold_value"], times: ["last_checked"]),
        RecordShape(
            "config.changed", kinds: ["config", "updateConfig", "flashfusion_config"], lacks: ["key"],
            rows: .leaves(name: "key", value: "value")),
        RecordShape("config.changed", needs: ["alert_config"], rows: .leaves(name: "key", value: "value")),
        RecordShape("config.changed", needs: ["update_interval"], rows: .leaves(name: "key", value: "value")),
        RecordShape("config.changed", needs: ["retention_period"], rows: .leaves(name: "key", value: "value")),
    ]

    private static let chatbotShapes: [RecordShape] = [
        RecordShape(
            "chat.message", kinds: kinds("chat.message") + ["message:new", "message"], needs: ["message_text"],
            derives: [.length(of: "message_text", into: "length")]),
        RecordShape("chat.message", needs: ["user_id", "response_time"]),
        RecordShape("bot.heartbeat", kinds: ["metrics:update"], ignores: ["messages", "users", "errors"]),
        RecordShape("bot.heartbeat", kinds: kinds("bot.heartbeat"), needs: ["uptime"], ignores: ["messages", "users", "errors"]),
        RecordShape("health.check", kinds: ["health:changed"], needs: [], opens: ["details"]),
        RecordShape("health.check", needs: ["service", "status"], opens: ["details"]),
        RecordShape("log.entry", kinds: ["error:occurred"], opens: ["context"], derives: [.constant("error", into: "level")]),
        RecordShape("connection.opened", kinds: kinds("connection.opened") + ["connect", "connection"]),
        RecordShape("connection.closed", kinds: kinds("connection.closed") + ["disconnect"]),
        RecordShape("metric.sample", needs: ["metric_type", "metric_value"], rows: metricLeaves),
    ]

    private static let monitoringShapes: [RecordShape] = [
        RecordShape(
            "alert.resolved", needs: ["alert_type", "resolved_at"], times: ["resolved_at"], ignores: ["status"]),
        RecordShape("alert.triggered", needs: ["alert_type"], ignores: ["status", "resolved_by"]),
        RecordShape("threshold.changed", needs: ["metric_type", "warning_threshold"], times: ["updated_at"]),
        RecordShape("threshold.changed", needs: ["metric_type", "critical_threshold"], times: ["updated_at"]),
        RecordShape("metric.sample", needs: ["metric_type", "value"]),
        machines(needs: ["cpu"]), machines(needs: ["memory"]), machines(needs: ["disk"]), machines(needs: ["network"]),
    ]

    private static func machines(needs: [String]) -> RecordShape {
        RecordShape(
            "system.cpu", kinds: ["system", "system_metrics"], needs: needs,
            rows: .parts([
                RecordPart("cpu", "system.cpu", bare: "percent"), RecordPart("memory", "system.memory", bare: "percent"),
                RecordPart("disk", "system.disk", bare: "percent"),
                RecordPart("network", "system.network", bare: "received_bytes"),
            ]))
    }
}
