public import VarveEvents
public import VarveHash

/// A question to a sequential projection.
public struct SequentialQuery: Hashable, Sendable {
    /// One of the projection's tables; nil for the first.
    public var table: String?
    /// What columns must be, by their text.
    public var filters: [DimensionFilter]
    /// Only entries that went on until this event time or later.
    public var from: Timestamp?
    /// Only entries that began before this event time.
    public var to: Timestamp?

    public init(
        table: String? = nil, where filters: [DimensionFilter] = [], from: Timestamp? = nil, to: Timestamp? = nil
    ) {
        self.table = table
        self.filters = filters
        self.from = from
        self.to = to
    }
}

/// Any view: one whose states merge, or one that is folded in order.
public enum AnyView: Sendable {
    case mergeable(ViewDefinition)
    case sequential(any SequentialProjection)

    public var name: String {
        switch self {
        case .mergeable(let view): view.name
        case .sequential(let view): view.name
        }
    }
    public var version: Int {
        switch self {
        case .mergeable(let view): view.version
        case .sequential(let view): view.version
        }
    }

    /// What tells its states from those of another definition.
    public var fingerprint: SHA256Digest {
        switch self {
        case .mergeable(let view): view.fingerprint
        case .sequential(let view): view.fingerprint
        }
    }
}
