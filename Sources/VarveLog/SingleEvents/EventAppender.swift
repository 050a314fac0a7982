// Single events, appended together.
//
// Building and merging a batch of one event costs as much as for hundreds. So events are collected in shared columns as they
// come (OpenEvents.swift), and whatever has come while the log was busy becomes its next frame. On an idle log the first event
// goes out at once; under load thousands share columns, frame and sync.

public import VarveEvents

/// Appends one event at a time, for programs that do not build batches.
///
/// A task that waits for each of its events calls `append`. A task that sends many uses a producer, which does not wait for
/// each:
///
///     let log = try await LogWriter.open(at: "data")
///     let events = EventAppender(log)
///     let receipt = try await events.append(Event(time: now, signal: "retry.success"))
///
///     let producer = events.producer { acknowledgement in … }
///     try await producer.send(Event(time: now, signal: "retry.attempt"))
///     let counts = await producer.flush()
///
/// Many tasks and producers may be active at once, and batches can be appended to `log` as well; the more are active, the less
/// each event costs. Close the log only after every append has returned and every producer is flushed.
public final class EventAppender: Sendable {
    private let open: OpenEvents

    /// Events are acknowledged at level `durability`.
    public init(_ log: LogWriter, durability: Durability = .sync) {
        open = OpenEvents(durability) { log.encodeSoon($0) }
    }

    /// Appends `event`, unless the log already has its (tenant, id). At level `sync` the event is durable on return. The log
    /// assigns the append time; `observed` is ignored. Events of one task are appended in order.
    ///
    /// An event that exceeds a limit is refused individually. Any other error applies to the whole batch that the event was in,
    /// with the same meaning as for `LogWriter.append`.
    nonisolated(nonsending) public func append(_ event: Event) async throws(LogError) -> Receipt {
        let result = await withUnsafeContinuation { open.add(event, $0) }
        return try result.get()
    }

    /// Creates a producer that may have up to `window` events in flight (at least 1), 16 MiB at most. Every producer has its
    /// own window.
    ///
    /// `acknowledged` is called for every event that the producer's `send` has accepted, exactly once and in order; adjacent
    /// events share one call. Calls do not overlap. The handler runs on a task of the log, and while it runs no other event is
    /// acknowledged and no window is freed, so long or blocking work belongs elsewhere. Events not yet acknowledged count
    /// towards the window, so acknowledgements cannot pile up.
    public func producer(
        window: Int = 1_024, acknowledged: @escaping @Sendable (Acknowledgement) -> Void
    ) -> EventProducer {
        EventProducer(open, window: window, acknowledged)
    }
}
