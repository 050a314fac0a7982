public import VarveEvents

/// One element of a subscription.
public enum FeedStep: Sendable {
    /// Events, in offset order.
    case events(EventBlock)
    /// The subscriber is far behind the log. Nothing is lost: it keeps reading from the log, or may skip to the end.
    case lagged(behind: UInt64)
    /// Offsets that can no longer be read: removed by retention, or damaged.
    case gap(Range<UInt64>)
    /// The feed ends. To continue, subscribe again from `next`.
    case stopping(next: Offset)
}
