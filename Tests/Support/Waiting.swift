// Tests wait for other threads and processes, on machines where other tests want the processors too. Both functions ask until the
// answer is yes, for a minute at most; the test then looks at what it waited for, and fails with what it sees.

internal import Foundation

private let longest = Duration.seconds(60)

/// Waits until `isSo`, at most a minute. It blocks its thread.
public func blockUntil(_ isSo: () throws -> Bool) rethrows {
    let end = ContinuousClock().now + longest
    while try !isSo(), ContinuousClock().now < end { usleep(20_000) }
}

/// Waits until `isSo`, at most a minute.
public func waitUntil(_ isSo: () async throws -> Bool) async throws {
    let end = ContinuousClock().now + longest
    while try await !isSo(), ContinuousClock().now < end { try await Task.sleep(for: .milliseconds(20)) }
}
