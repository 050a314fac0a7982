internal import VarveDisk

/// A bounded queue from a thread that may block to a task that may not: the thread waits while the queue is full.
final class Handover<Element: Sendable>: Sendable {
    private struct Room {
        let capacity: Int
        var free: Int
        var isAbandoned = false
    }

    private let room: Monitor<Room>
    private let stream: AsyncStream<Element>
    private let continuation: AsyncStream<Element>.Continuation

    init(capacity: Int) {
        room = Monitor(Room(capacity: capacity, free: capacity))
        (stream, continuation) = AsyncStream.makeStream()
    }

    /// Called by the thread. False when the task wants no more values.
    func put(_ element: Element) -> Bool {
        let isWanted = room.wait { room -> Bool? in
            if room.isAbandoned { return false }
            guard room.free > 0 else { return nil }
            room.free -= 1
            return true
        }
        if isWanted { continuation.yield(element) }
        return isWanted
    }

    /// Called by the thread: waits until the task has processed everything. False when the task wants no more values.
    func waitUntilTaken() -> Bool {
        room.wait { room in
            if room.isAbandoned { return false }
            return room.free == room.capacity ? true : nil
        }
    }

    /// Called by the thread: no more values will come.
    func finish() {
        continuation.finish()
    }

    /// Called by the task: calls `body` with each value in turn. After an error the thread is released.
    func forEach(_ body: (Element) async throws -> Void) async throws {
        defer { room.withLock { $0.isAbandoned = true } }
        for await element in stream {
            try await body(element)
            room.withLock { $0.free += 1 }
        }
    }
}
