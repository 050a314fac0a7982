public import VarveEvents

/// One alert of the past, from when its condition began to hold.
public struct AlertEpisode: Hashable, Sendable {
    public var rule: AlertRule
    public var labels: AlertLabels
    public var pendingAt: Timestamp
    /// Nil where it never fired.
    public var firingAt: Timestamp?
    /// Nil where it went on until the end.
    public var resolvedAt: Timestamp?
    /// The worst value.
    public var peak: Double?
    public var threshold: Double?
}
