public import VarveProjections

/// The built-in sequential views: things with a status, sessions, and views that depend on the previous event.
extension Catalog {
    /// Every built-in view: mergeable ones first.
    public static let allViews: [AnyView] =
        views.map { .mergeable($0.definition) } + describedSequentialViews.map { .sequential($0.projection) }

    public static let sequentialViews: [any SequentialProjection] = describedSequentialViews.map(\.projection)

    /// The sequential views with metadata beside their definition.
    public static let describedSequentialViews: [SequentialView] = [
        SequentialView(
            .atomic, "sessions of any system with session ids: events with gaps of at most half an hour",
            ["A29", "A50", "M20", "D12"], sessions),
        SequentialView(
            .flashfusion,
            "incidents: state, every change, time in each state; response is the time in state open, resolution is seconds_open",
            ["F8", "F15", "F21", "F33", "D2", "M24"], incidents),
        SequentialView(
            .flashfusion, "tech debt: open items, since when, estimated effort", ["F7", "F14", "F22", "F33", "D2"], techDebt),
        SequentialView(.flashfusion, "documentation gaps: state and every change", ["F10", "F11", "F36"], documentationGaps),
        SequentialView(
            .flashfusion, "connected services: state, changes, time in each state, from their reports", ["F6", "F13", "F34"],
            integrationStatus),
        SequentialView(
            .flashfusion, "resources near their limits: state per resource and every change", ["F9", "F16"], scalabilityStatus),
        SequentialView(.flashfusion, "current settings, and every change", ["F18", "F20", "D2"], configuration),
        SequentialView(
            .flashfusion, "each creator: number of actions, first and last action", ["F3", "F35"], creatorActivity),
        SequentialView(
            .flashfusion, "batches of each creator: size, frequency, interval, time of the last one", ["F2", "F17"],
            CreatorBatches()),
        SequentialView(
            .monitoring, "current metric thresholds, who set them, and every change", ["M18", "M41"], metricThresholds),
        SequentialView(
            .monitoring, "individual alerts: whether open, since when, how long", ["A14", "A59", "M17", "M24", "M25", "M29"],
            alertStates),
        SequentialView(
            .atomic, "services: health, every change, time in each state", ["A34", "A35", "A45", "C32", "M14"],
            serviceStatus),
        SequentialView(.atomic, "synthetic page checks: pass or fail, and every change", ["A37", "A38"], pageStatus),
        SequentialView(
            .bookiji, "duplicate clicks that were not suppressed, and the share that was (D4)",
            ["B16", "B38", "D4"],
            DuplicateClicks()),
        SequentialView(
            .atomic, "active users by day, week and thirty days, and how many of them were active in the previous period",
            ["A50", "D12"], UserRetention()),
    ]

    /// Sessions of any system that has session ids, with gaps of at most half an hour.
    public static let sessions = SessionDefinition(
        "sessions", key: ["session"], gapSeconds: 1_800, attributes: [.last("user"), .first("component")],
        limits: SequentialLimits(entries: 500_000))

    /// No gap ends it: one row per creator.
    private static let creatorActivity = SessionDefinition(
        "creator_activity", signals: SignalFilter("creator.action"), key: ["user"], gapSeconds: 1_000_000_000,
        attributes: [.last("action"), .last("timezone")])

    // From version 2 on, changes are ordered by event time; in version 3, an update to another status reopens what was closed.
    // Bases of earlier versions at R are taken over.

    /// Everything else, also after these, is an incident that goes on.
    private static let isOver = Condition.field(
        "status", isWord: "resolved", "closed", "postmortem", "completed", "cancelled", "canceled")

    private static let incidents = EntityDefinition(
        "incidents", version: 3, key: ["incident_id"],
        rules: [
            // An incident record, complete at each change.
            .closes("incident.opened", when: isOver, status: .field("status")),
            .opens("incident.opened", status: .field("status")),
            .closes("incident.updated", when: isOver, status: .field("status")),
            .updates("incident.updated", status: .field("status")),
        ],
        attributes: [.first("title"), .last("severity"), .last("root_cause"), .last("resolution")],
        order: ["open", "investigating", "identified", "monitoring", "resolved", "closed"], transitionsKept: 128,
        limits: kept(Numbers.Flashfusion.incidentRetention), continues: 1)

    private static let techDebt = EntityDefinition(
        "tech_debt", version: 3, key: ["debt_id"],
        rules: [
            .opens("tech_debt.added", status: .field("status", default: "identified")),
            .closes("tech_debt.updated", when: .field("status", isWord: "resolved"), status: .named("resolved")),
            .updates("tech_debt.updated", status: .field("status", default: "identified")),
        ],
        attributes: [.first("title"), .last("severity"), .last("category"), .last("effort_h")],
        order: ["identified", "planned", "in-progress", "resolved"],
        limits: kept(Numbers.Flashfusion.debtRetention), continues: 1)

    private static let documentationGaps = EntityDefinition(
        "documentation_gaps", version: 3, key: ["gap_id"],
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

    /// Finished things are kept for this many days; open ones stay.
    private static func kept(_ days: DefinedNumber) -> SequentialLimits {
        SequentialLimits(keepsFinished: Int64(days.value) * 86_400 * 1_000_000_000)
    }
}

/// A built-in sequential view with its metadata.
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
