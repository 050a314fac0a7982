// Segments waiting to be sealed, strictly in order: what the manifest does not list must lie behind what it lists. One that
// cannot be sealed now (a full disk) stays first in line and is tried again with the next.

internal import VarveDisk

/// The line, worked off by whoever submits.
final class SealLine: Sendable {
    private let waiting = Monitor<[SealJob]>([])
    private let sealer: Sealer

    init(_ sealer: Sealer) { self.sealer = sealer }

    func submit(_ job: SealJob) {
        waiting.withLock { $0.append(job) }
        drain()
    }

    /// Seals what waits, until nothing does or one fails.
    func drain() {
        waiting.withLock { jobs in
            while let job = jobs.first {
                let place = sealer.place(job)
                do {
                    let before = sealer.errors.count(at: place)
                    try sealer.seal(job)
                    // Of an attempt that failed before; damage that was just found stays told.
                    if before == sealer.errors.count(at: place) { sealer.errors.settle(place) }
                    jobs.removeFirst()
                } catch {
                    return sealer.errors.report(place, LogError(error).message)
                }
            }
        }
    }
}

/// The line with a thread of its own, so that sealing does not hold up appending.
final class SealThread: Sendable {
    private struct State {
        var jobs: [SealJob] = []
        var isBusy = false
        var isClosing = false
        var hasEnded = false
    }

    private let state = Monitor(State())

    init(_ sealer: Sealer) {
        let line = SealLine(sealer)
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
                line.submit(job)
                state.withLock { $0.isBusy = false }
            }
            line.drain()
            state.withLock { $0.hasEnded = true }
        }
    }

    /// Hands a segment over; waits while too many do already.
    func submit(_ job: SealJob) {
        state.wait { state -> Void? in
            guard state.jobs.count < LogLimits.sealsWaiting else { return nil }
            state.jobs.append(job)
            return ()
        }
    }

    /// Waits until everything handed over has been tried, and ends the thread.
    func close() {
        state.withLock { $0.isClosing = true }
        state.wait { $0.hasEnded ? () : nil }
    }
}
