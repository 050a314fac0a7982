internal import VarveEvents
public import VarveHash

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

    /// The signals it is fed from.
    public var signals: SignalFilter {
        switch self {
        case .mergeable(let view): view.signals
        case .sequential(let view): view.signals
        }
    }

    /// What tells its states from those of another definition.
    public var fingerprint: SHA256Digest {
        switch self {
        case .mergeable(let view): view.fingerprint
        case .sequential(let view): view.fingerprint
        }
    }

    /// Where its days begin; UTC for a view without days.
    public var zone: BucketZone {
        switch self {
        case .mergeable(let view): view.zone
        case .sequential: .utc
        }
    }
}
