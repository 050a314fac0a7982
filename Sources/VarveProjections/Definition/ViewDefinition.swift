public import VarveHash

/// A view as data: which events count, how they are grouped, and what is measured. A pure function of a log prefix.
///
///     ViewDefinition("rollback_rate", version: 1) {
///         SignalFilter("optimistic_action.start", "optimistic_action.rollback")
///         Dimension("component")
///         Measure.count("started", when: .signal("optimistic_action.start"))
///         Measure.count("rollbacks", when: .signal("optimistic_action.rollback"))
///         DerivedColumn.ratio("rollback_rate", of: "rollbacks", over: "started")
///     }
///
/// View files in YAML (`docs/views.md`) give the same model. Definitions with equal fingerprints have equal states.
public struct ViewDefinition: Hashable, Sendable {
    /// The name, a single command-line word: `rollback_rate`.
    public var name: String
    /// Incremented by the author when the meaning changes.
    public var version: Int
    public var signals: SignalFilter
    /// A further condition on the events; nil for none.
    public var filter: Condition?
    /// The bucket levels at which it can be queried.
    public var levels: Set<BucketLevel>
    public var zone: BucketZone
    public var dimensions: [Dimension]
    public var measures: [Measure]
    public var derived: [DerivedColumn]
    /// The number of combinations of dimension values that an answer shows before the rest becomes `__other__`; a bucket stores
    /// 64 times as many.
    public var budget: Int
    /// The version whose base this one takes over for expired events; its cells must have the same form.
    public var continues: Int?

    public static let defaultBudget = 1_000

    public init(
        name: String, version: Int = 1, signals: SignalFilter = SignalFilter(), filter: Condition? = nil,
        levels: Set<BucketLevel> = Set(BucketLevel.allCases), zone: BucketZone = .utc, dimensions: [Dimension] = [],
        measures: [Measure], derived: [DerivedColumn] = [], budget: Int = ViewDefinition.defaultBudget
    ) {
        self.name = name
        self.version = version
        self.signals = signals
        self.filter = filter
        self.levels = levels
        self.zone = zone
        self.dimensions = dimensions
        self.measures = measures
        self.derived = derived
        self.budget = budget
    }

    /// The finest level stored permanently: hour, or the view's replacement for it.
    public var permanentLevel: BucketLevel {
        if levels.contains(.minute) || levels.contains(.hour) { return .hour }
        return levels.contains(.day) ? .day : .all
    }

    /// The levels covered by the view hash.
    public var permanentLevels: [BucketLevel] {
        switch permanentLevel {
        case .minute, .hour: [.hour, .day]
        case .day: [.day]
        case .all: [.all]
        }
    }

    /// The number of keys (those with the smallest hashes) that a bucket's state stores exactly.
    public var keysKept: Int {
        let (kept, overflow) = budget.multipliedReportingOverflow(by: 64)
        return overflow ? .max : Swift.max(kept, 64)
    }

    /// The names of a row's columns after time and dimensions, in order.
    public var columnNames: [String] {
        measures.flatMap(\.columnNames) + derived.map(\.name)
    }

    /// Identifies the states of this definition: SHA-256 over the engine version and the definition's canonical encoding
    /// (`docs/format/state.md`).
    public var fingerprint: SHA256Digest {
        let bytes = canonicalEncoding
        return bytes.withUnsafeBytes { SHA256Digest(of: $0) }
    }
}
