public import VarveProjections

/// The built-in views that are folded in order: things with a life, sessions, and what depends on the event before.
extension Catalog {
    /// Every built-in view: those whose states merge first.
    public static let allViews: [AnyView] =
        views.map { .mergeable($0.definition) } + describedSequentialViews.map { .sequential($0.projection) }

    public static let sequentialViews: [any SequentialProjection] = describedSequentialViews.map(\.projection)

    /// The same with what is known of them beside their definition.
    public static let describedSequentialViews: [SequentialView] = [
        SequentialView(
            .atomic, "sessions of any system that names them: events of one session, apart by half an hour at most",
            ["A29", "A50", "M20", "D12"], sessions),
        SequentialView(
            .flashfusion,
            "incidents: state, every change, time in each state; response is the time open, resolution seconds_open",
            ["F8", "F15", "F21", "F33", "D2", "M24"], incidents),
        SequentialView(
            .flashfusion, "tech debt: what is open, since when, at which effort", ["F7", "F14", "F22", "F33", "D2"], techDebt),
        SequentialView(.flashfusion, "documentation gaps: state and every change", ["F10", "F11", "F36"], documentationGaps),
        SequentialView(
            .flashfusion, "connected services: state, changes, time in each state, as their reports say", ["F6", "F13", "F34"],
            integrationStatus),
        SequentialView(
            .flashfusion, "limits that are near: state per resource and every change", ["F9", "F16"], scalabilityStatus),
        SequentialView(.flashfusion, "settings as they are, and every change", ["F18", "F20", "D2"], configuration),
        SequentialView(
            .flashfusion, "each creator: actions in all, the first and the last of them", ["F3", "F35"], creatorActivity),
        SequentialView(
            .flashfusion, "batches of each creator: how large, how often, how far apart, when last", ["F2", "F17"],
            CreatorBatches()),
        SequentialView(
            .monitoring, "limits of metrics as they are, who set them, and every change", ["M18", "M41"], metricThresholds),
        SequentialView(
            .monitoring, "alerts one by one: open or not, since when, how long", ["A14", "A59", "M17", "M24", "M25", "M29"],
            alertStates),
        SequentialView(
            .atomic, "services: healthy or not, every change, time in each state", ["A34", "A35", "A45", "C32", "M14"],
            serviceStatus),
        SequentialView(.atomic, "fetched pages: pass or fail, and every change", ["A37", "A38"], pageStatus),
        SequentialView(
            .bookiji, "second clicks that slipped through, and the share of duplicates that was suppressed (D4)",
            ["B16", "B38", "D4"],
            DuplicateClicks()),
        SequentialView(
            .atomic, "users by day, week and thirty days, and how many of them were there in the period before", ["A50", "D12"],
            UserRetention()),
    ]

    /// Sessions of any system that names them: events of one session, apart by half an hour at most.
    public static let sessions = SessionDefinition(
        "sessions", key: ["session"], gapSeconds: 1_800, attributes: [.last("user"), .first("component")],
        limits: SequentialLimits(entries: 500_000))

    /// No silence ends it: one row for each creator.
    private static let creatorActivity = SessionDefinition(
        "creator_activity", signals: SignalFilter("creator.action"), key: ["user"], gapSeconds: 1_000_000_000,
        attributes: [.last("action"), .last("timezone")])

    // Version 2 of all of these: changes count by the events' own time. What version 1 had at R is taken over.

    private static let incidents = EntityDefinition(
        "incidents", version: 2, key: ["incident_id"],
        rules: [
            // A record of an incident, whole each time it changes.
            .closes("incident.opened", when: .field("status", isWord: "resolved", "closed"), status: .field("status")),
            .opens("incident.opened", status: .field("status")),
            .closes("incident.updated", when: .field("status", isWord: "resolved", "closed"), status: .field("status")),
            .updates("incident.updated", status: .field("status")),
        ],
        attributes: [.first("title"), .last("severity"), .last("root_cause"), .last("resolution")],
        order: ["open", "investigating", "identified", "monitoring", "resolved", "closed"], transitionsKept: 128,
        limits: kept(Numbers.Flashfusion.incidentRetention), continues: 1)

    private static let techDebt = EntityDefinition(
        "tech_debt", version: 2, key: ["debt_id"],
        rules: [
            .opens("tech_debt.added", status: .field("status", default: "identified")),
            .closes("tech_debt.updated", when: .field("status", isWord: "resolved"), status: .named("resolved")),
            .updates("tech_debt.updated", status: .field("status", default: "identified")),
        ],
        attributes: [.first("title"), .last("severity"), .last("category"), .last("effort_h")],
        order: ["identified", "planned", "in-progress", "resolved"],
        limits: kept(Numbers.Flashfusion.debtRetention), continues: 1)

    private static let documentationGaps = EntityDefinition(
        "documentation_gaps", version: 2, key: ["gap_id"],
        rules: [
            .opens("documentation_gap.added", status: .field("status", default: "identified")),
            .closes("documentation_gap.updated", when: .field("status", isWord: "completed"), status: .named("completed")),
            .updates("documentation_gap.updated", status: .field("status", default: "identified")),
        ],
        attributes: [.first("title"), .last("area"), .last("priority"), .last("assignee")],
        order: ["identified", "in-progress", "completed"], continues: 1)

    private static let integrationStatus = EntityDefinition(
        "integration_status", version: 2, key: ["channel_name"],
        rules: [.updates("integration.health", status: .field("status"))],
        attributes: [.last("uptime"), .last("error_rate"), .last("response_time_ms"), .last("failure_count")], continues: 1)

    private static let scalabilityStatus = EntityDefinition(
        "scalability_status", version: 2, key: ["resource"],
        rules: [.updates("scalability.sample", status: .field("status", default: "normal"))],
        attributes: [.last("value"), .last("threshold"), .last("unit"), .greatest("value", as: "greatest")], continues: 1)

    private static let configuration = EntityDefinition(
        "configuration", version: 2, key: ["key"], rules: [.updates("config.changed", status: .value("value", default: ""))],
        attributes: [.last("user")], continues: 1)

    private static let metricThresholds = EntityDefinition(
        "metric_thresholds", version: 2, key: ["metric_type"],
        rules: [
            .updates("threshold.changed", when: .isFalse("enabled"), status: .named("disabled")),
            .updates("threshold.changed", status: .named("enabled")),
        ],
        attributes: [.last("warning_threshold"), .last("critical_threshold"), .last("for_s"), .last("updated_by")], continues: 1)

    private static let alertStates = EntityDefinition(
        "alert_states", version: 2, key: ["rule", "alert_id"],
        rules: [.opens("alert.triggered", status: .named("active")), .closes("alert.resolved", status: .named("resolved"))],
        attributes: [.last("severity"), .last("value"), .last("resolved_by")], continues: 1)

    private static let serviceStatus = EntityDefinition(
        "service_status", version: 2, key: ["service"],
        rules: [.updates("health.check", status: .field("status", default: "unknown"))],
        attributes: [.last("latency_ms"), .last("error"), .last("version")], continues: 1)

    private static let pageStatus = EntityDefinition(
        "page_status", version: 2, key: ["check"],
        rules: [.updates("synthetic.check", status: .field("status", default: "unknown"))],
        attributes: [.last("http_status"), .last("duration_ms"), .last("error")], continues: 1)

    /// Finished things stay so many days; what is open stays.
    private static func kept(_ days: DefinedNumber) -> SequentialLimits {
        SequentialLimits(keepsFinished: Int64(days.value) * 86_400 * 1_000_000_000)
    }
}

/// A built-in view that is folded in order, with what is known of it beside its definition.
public struct SequentialView: Sendable {
    public var projection: any SequentialProjection
    public var system: CatalogSystem
    /// One line.
    public var meaning: String
    public var requirements: [String]

    init(_ system: CatalogSystem, _ meaning: String, _ requirements: [String], _ projection: any SequentialProjection) {
        self.projection = projection
        self.system = system
        self.meaning = meaning
        self.requirements = requirements
    }

    public var name: String { projection.name }
}
