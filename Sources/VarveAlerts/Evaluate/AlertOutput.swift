public import VarveEvents

/// A change that an evaluation found, to be said.
public struct AlertOutput: Hashable, Sendable {
    public enum Kind: String, Sendable {
        /// Found by the evaluation of now.
        case new
        /// Found by doing a past evaluation again, because late events changed what it saw.
        case late
        /// Said before, and not so: late events changed what that evaluation saw.
        case retracted
    }

    public var rule: AlertRule
    public var labels: AlertLabels
    public var change: AlertChange
    public var kind: Kind

    /// The event time that was looked at.
    public var window: Range<Timestamp> {
        let length: Int64 =
            switch rule.test {
            case .burn(let burn): Int64(burn.long) * rule.source.step
            case .query: rule.step
            case .number, .change, .band, .absent: Int64(rule.source.window) * rule.source.step
            }
        return Timestamp(nanoseconds: change.at.nanoseconds - length)..<change.at
    }

    public var alertID: String { labels.alertID(of: rule.id) }
}
