internal import Synchronization

/// Messages of one listener that wait for the log, in bounded memory. Datagrams for which there is no room are dropped; a
/// connection is told to stop reading instead.
final class ListenerQueue: Sendable {
    struct Item: Sendable {
        var bytes: [UInt8]
        /// What the sender calls it, where it wants to hear that it is durable.
        var key: String?
        /// Called with whether it is durable.
        var isDone: (@Sendable (Bool) -> Void)?
    }

    private struct State {
        var items: [Item] = []
        var bytes = 0
        var isClosed = false
        var waiting: CheckedContinuation<Void, Never>?
        /// Called once there is room again.
        var paused: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let limit: Int
    private let counts: ListenerCounts
    /// What an item costs beside its bytes.
    private static let overhead = 64

    init(_ limit: Int, _ counts: ListenerCounts) {
        self.limit = limit
        self.counts = counts
    }

    /// Takes a datagram; false where it was dropped.
    func offer(_ bytes: [UInt8]) -> Bool {
        let (isTaken, waiting) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
            guard !state.isClosed, state.bytes + bytes.count + Self.overhead <= limit else { return (false, nil) }
            return (true, Self.add(Item(bytes: bytes), &state))
        }
        if !isTaken { counts.drop() }
        note()
        waiting?.resume()
        return isTaken
    }

    /// Takes a message of a connection. Where it fills the queue, false, and `resume` is called once there is room.
    func push(_ item: Item, resume: @escaping @Sendable () -> Void) -> Bool {
        let (hasRoom, waiting) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
            let waiting = Self.add(item, &state)
            guard state.bytes > limit else { return (true, waiting) }
            state.paused.append(resume)
            return (false, waiting)
        }
        note()
        waiting?.resume()
        return hasRoom
    }

    private static func add(_ item: Item, _ state: inout State) -> CheckedContinuation<Void, Never>? {
        state.items.append(item)
        state.bytes += item.bytes.count + overhead
        defer { state.waiting = nil }
        return state.waiting
    }

    /// The items that wait, up to `most` bytes of them; waits for the first. Nil when the queue is closed and empty.
    func take(_ most: Int) async -> [Item]? {
        while true {
            let (items, isEnd, paused) = state.withLock { state -> ([Item], Bool, [@Sendable () -> Void]) in
                var count = 0
                var bytes = 0
                while count < state.items.count, count == 0 || bytes + state.items[count].bytes.count <= most {
                    bytes += state.items[count].bytes.count
                    count += 1
                }
                let items = Array(state.items.prefix(count))
                state.items.removeFirst(count)
                state.bytes -= bytes + count * Self.overhead
                let paused = state.bytes <= limit / 2 ? state.paused : []
                if !paused.isEmpty { state.paused = [] }
                return (items, items.isEmpty && state.isClosed, paused)
            }
            note()
            for resume in paused { resume() }
            if isEnd { return nil }
            if !items.isEmpty { return items }
            await withCheckedContinuation { continuation in
                let isNow = state.withLock { state in
                    guard state.items.isEmpty, !state.isClosed else { return true }
                    state.waiting = continuation
                    return false
                }
                if isNow { continuation.resume() }
            }
        }
    }

    /// No more datagrams are taken; what waits is still given out.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }

    private func note() { counts.waiting.store(Int64(state.withLock { $0.bytes }), ordering: .relaxed) }
}
