/// One generated event as numbers; names are added when it is written. 40 bytes, no references.
struct TrafficEvent: Sendable {
    /// Milliseconds since 1970.
    var time: Int64
    var signal: TrafficSignal
    /// Index into `TrafficNames.components`.
    var component: UInt8
    /// Index into the signal's list of names: endpoint, reason or error.
    var detail: UInt8 = 0
    /// Index into a second list of names: the final error, or the method of recovery.
    var outcome: UInt8 = 0
    var retryCount: UInt8 = 0
    var backoff: UInt16 = 0
    var session: UInt32
    var user: UInt32
    /// The number of the action, equal in its start and its end.
    var action: UInt32 = 0
    /// The duration, in tenths of a millisecond.
    var tenths: UInt32 = 0
}

/// Planned events whose time has not come yet, earliest first: a binary heap.
struct PendingEvents: Sendable {
    private var heap: [TrafficEvent] = []

    /// When the earliest is due; far in the future if there is none.
    @inline(__always)
    var due: Int64 { heap.isEmpty ? .max : heap[0].time }

    mutating func add(_ event: TrafficEvent) {
        heap.append(event)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if heap[parent].time <= heap[child].time { break }
            heap.swapAt(parent, child)
            child = parent
        }
    }

    mutating func removeEarliest() -> TrafficEvent {
        let first = heap[0]
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while true {
            var child = parent * 2 + 1
            if child >= heap.count { break }
            if child + 1 < heap.count, heap[child + 1].time < heap[child].time { child += 1 }
            if heap[parent].time <= heap[child].time { break }
            heap.swapAt(parent, child)
            parent = child
        }
        return first
    }
}
