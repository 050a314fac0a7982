internal import VarveEvents
public import VarveHash

/// Any view: mergeable, or sequential.
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

    /// Its signals.
    public var signals: SignalFilter {
        switch self {
        case .mergeable(let view): view.signals
        case .sequential(let view): view.signals
        }
    }

    /// Identifies its states.
    public var fingerprint: SHA256Digest {
        switch self {
        case .mergeable(let view): view.fingerprint
        case .sequential(let view): view.fingerprint
        }
    }

    /// The zone of its days; UTC for a view without days.
    public var zone: BucketZone {
        switch self {
        case .mergeable(let view): view.zone
        case .sequential: .utc
        }
    }
}
