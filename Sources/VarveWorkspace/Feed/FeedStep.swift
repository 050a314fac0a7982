public import VarveEvents

/// What a subscriber of the change feed is given.
public enum FeedStep: Sendable {
    /// Events, in offset order.
    case events(EventBlock)
    /// The subscriber is far behind the log. Nothing is lost: it reads on from the log, or skips to the end.
    case lagged(behind: UInt64)
    /// Offsets that nobody can read any more: removed by retention, or damaged.
    case gap(Range<UInt64>)
    /// The feed ends. Subscribe again from `next` to go on.
    case stopping(next: Offset)
}

/// Events that a subscriber is given at once: those of one frame, or of a few small ones.
public struct EventBlock: Sendable {
    /// At least one, in offset order.
    public let batches: [EventBatch]
    /// Where to subscribe to go on behind this block.
    public let next: Offset

    init(_ batches: [EventBatch], next: UInt64) {
        self.batches = batches
        self.next = Offset(next)
    }

    public var count: Int { batches.reduce(0) { $0 + $1.rowCount } }

    /// Calls `body` with each event.
    public func forEachEvent(_ body: (Offset, Event) throws -> Void) rethrows {
        for batch in batches { try batch.forEachEvent(body) }
    }
}
