public import VarveEvents

/// A step of an alert from one state to another.
public struct AlertChange: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        /// The condition holds, not yet for long enough.
        case pending
        /// It holds no longer, before the alert fired.
        case cancelled
        case firing
        case resolved
        /// A firing alert has no values any more.
        case noData = "no_data"
        /// It has values again, and fires on.
        case dataBack = "data_back"
    }

    public var kind: Kind
    /// The evaluation: the end of the window.
    public var at: Timestamp
    /// What was seen; nil where there was nothing.
    public var value: Double?
    public var threshold: Double?
    /// When the condition began to hold.
    public var pendingAt: Timestamp
    /// When the alert fired; nil before.
    public var firingAt: Timestamp?
    /// The worst value since the condition began to hold.
    public var peak: Double?
}
