public import VarveEvents

/// Events delivered together: those of one frame, or of a few small ones.
public struct EventBlock: Sendable {
    /// At least one batch, in offset order.
    public let batches: [EventBatch]
    /// The offset after this block, from which to resume.
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
