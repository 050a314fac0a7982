import VarveEvents
import VarveWorkspace

/// Subscribers of a change feed for whom nothing comes: what they cost is counted from outside (`strace -c -f`,
/// `/proc/PID/stat`).
enum Subscribers {
    static func wait(_ data: String, count: Int, seconds: Int) async throws {
        let workspace = try await Workspace.open(at: data)
        let end = workspace.feed.durable
        let waiting = (0..<count).map { _ in
            Task { for try await _ in workspace.feed.subscribe(from: end) {} }
        }
        while workspace.feed.subscriberCount < count { try await Task.sleep(for: .milliseconds(1)) }
        Measure.say("ready: \(count) subscribers, pid \(Measure.pid)")
        try await Task.sleep(for: .seconds(seconds))
        for task in waiting { task.cancel() }
        try await workspace.close()
    }
}
