// Segments waiting to be sealed, in offset order: a segment may enter the manifest only after all segments before it. A segment
// that cannot be sealed now (the disk is full) stays first in the queue and is retried when the next one is submitted.

internal import VarveDisk

/// The queue without a thread: `submit` seals on the calling thread.
final class SealQueue: Sendable {
    private let waiting = Monitor<[SealJob]>([])
    private let sealer: Sealer

    init(_ sealer: Sealer) { self.sealer = sealer }

    func submit(_ job: SealJob) {
        waiting.withLock { $0.append(job) }
        drain()
    }

    /// Seals the waiting segments until the queue is empty or one fails.
    func drain() {
        waiting.withLock { jobs in
            while let job = jobs.first {
                let place = sealer.place(job)
                do {
                    let before = sealer.errors.count(at: place)
                    try sealer.seal(job)
                    // Clears the error of an earlier failed attempt. If this attempt reported damage, that report stays.
                    if before == sealer.errors.count(at: place) { sealer.errors.resolve(place) }
                    jobs.removeFirst()
                } catch {
                    return sealer.errors.report(place, LogError(error).message)
                }
            }
        }
    }
}

/// The queue with a thread of its own, so that sealing does not block appends.
final class SealThread: Sendable {
    private struct State {
        var jobs: [SealJob] = []
        var isBusy = false
        var isClosing = false
        var hasEnded = false
    }

    private let state = Monitor(State())

    init(_ sealer: Sealer) {
        let queue = SealQueue(sealer)
        startBlockingThread { [state] in
            while true {
                let next: SealJob? = state.wait { state -> SealJob?? in
                    if let job = state.jobs.first {
                        state.jobs.removeFirst()
                        state.isBusy = true
                        return .some(job)
                    }
                    return state.isClosing ? .some(nil) : nil
                }
                guard let job = next else { break }
                queue.submit(job)
                state.withLock { $0.isBusy = false }
            }
            queue.drain()
            state.withLock { $0.hasEnded = true }
        }
    }

    /// Queues a segment. Blocks while `LogLimits.sealsWaiting` segments are queued.
    func submit(_ job: SealJob) {
        state.wait { state -> Void? in
            guard state.jobs.count < LogLimits.sealsWaiting else { return nil }
            state.jobs.append(job)
            return ()
        }
    }

    /// Waits until every queued segment has been tried once, then ends the thread.
    func close() {
        state.withLock { $0.isClosing = true }
        state.wait { $0.hasEnded ? () : nil }
    }
}
