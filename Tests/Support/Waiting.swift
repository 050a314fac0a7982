// Tests wait for other threads and processes, on machines where other tests want the processors too. These functions ask until
// the answer is yes, or long enough; the test then looks at what it waited for, and fails with what it sees.

internal import Foundation

private let turns = 3_000
private let microseconds: UInt32 = 20_000

/// Waits until `isSo`, about a minute at most. It blocks its thread.
public func blockUntil(_ isSo: () throws -> Bool) rethrows {
    for _ in 0..<turns {
        if try isSo() { return }
        usleep(microseconds)
    }
}

/// Waits until `isSo`, a minute at least if it is never so. Turns are counted and not seconds: where other tests hold up all
/// tasks, what is waited for is held up too.
public func waitUntil(_ isSo: () async throws -> Bool) async throws {
    for _ in 0..<turns {
        if try await isSo() { return }
        try await Task.sleep(for: .microseconds(microseconds))
    }
}

/// Runs what blocks on a thread of its own: there are as many threads for tasks as processors, and two tests that sleep on them
/// would hold up all others.
public func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withTaskExecutorPreference(OwnThreads()) { try body() }
}

/// A thread for each job. What a task knows, the test that it belongs to among it, is known there too.
private final class OwnThreads: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        Thread.detachNewThread { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
