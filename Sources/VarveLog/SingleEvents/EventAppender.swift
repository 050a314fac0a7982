// Single events, appended together.
//
// A batch of one event costs as much to make and to merge as one of hundreds. So events are put into columns side by side as they
// come (OpenEvents.swift), and whatever came while the log was busy becomes its next frame: the first event of a quiet log goes
// at once, and under load thousands share columns, frame and sync.

public import VarveEvents

/// Appends one event at a time, for programs that have no batches.
///
/// A task that waits for each of its events calls `append`; one that sends many has a producer, which waits for none of them:
///
///     let log = try await LogWriter.open(at: "data")
///     let events = EventAppender(log)
///     let receipt = try await events.append(Event(time: now, signal: "retry.success"))
///
///     let producer = events.producer { acknowledgement in … }
///     try await producer.send(Event(time: now, signal: "retry.attempt"))
///     let counts = await producer.flush()
///
/// There may be many of both at once, and batches can be appended to `log` beside them; the more there are, the less each costs.
/// Close the log when every append has returned and every producer is flushed.
public final class EventAppender: Sendable {
    private let open: OpenEvents

    /// Every event is acknowledged at the level `durability`.
    public init(_ log: LogWriter, durability: Durability = .sync) {
        open = OpenEvents(durability) { log.encodeSoon($0) }
    }

    /// Appends `event`, unless the log has its (tenant, id). At level `sync` it is durable when it returns. The log gives the
    /// append time, so `observed` is left out. Events of one task are appended in its order.
    ///
    /// An event that breaks a limit is refused alone. Any other error is that of the batch it was in: what `LogWriter.append`
    /// says of it holds.
    nonisolated(nonsending) public func append(_ event: Event) async throws(LogError) -> Receipt {
        let result = await withUnsafeContinuation { open.add(event, $0) }
        return try result.get()
    }

    /// A producer of which up to `window` events (1 at least) are on their way at once, 16 MiB at most. Others have windows of
    /// their own.
    ///
    /// `acknowledged` is told of every event that the producer's `send` has taken, once each and in order, of many together where
    /// they stand together in the log. One call returns before the next begins. It is called on a task of the log, and as long
    /// as it runs nothing is acknowledged to others and no window gets room again: hand on what takes long or blocks. What it
    /// has not been told is still in the window, so acknowledgements never pile up.
    public func producer(
        window: Int = 1_024, acknowledged: @escaping @Sendable (Acknowledgement) -> Void
    ) -> EventProducer {
        EventProducer(open, window: window, acknowledged)
    }
}
