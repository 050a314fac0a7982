import Varve

@main
struct Embedding {
    static func main() async throws {
        let workspace = try await Workspace.open(at: CommandLine.arguments[1])

        let follower = Task {
            var count = 0
            for try await case .events(let block) in workspace.feed.subscribe(from: Offset(0)) {
                count += block.count
                if count == 4_000 { break }
            }
            return count
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for component in ["Cart", "Search", "Payment", "Login"] {
                group.addTask {
                    for _ in 0..<200 {
                        let signals = Array(repeating: "optimistic_action.start", count: 4) + ["optimistic_action.rollback"]
                        try await workspace.append(signals.map { Event(time: .now, signal: $0, component: component) })
                    }
                }
            }
            try await group.waitForAll()
        }
        print("followed \(try await follower.value)")

        let view = try await workspace.view(named: "rollback_rate")
        let hour = ViewRequest(view, source: .log, bucket: .all, by: [], from: Timestamp.now - .seconds(3600))
        let asOf = ViewRequest(view, asOf: .offset(Offset(1_000)), bucket: .all, by: [])
        for answer in try await workspace.answers(to: [hour, asOf]) {
            let row = answer.rows[0]
            print("up to \(answer.offset): \(row["started"]?.int ?? 0) started, \(row["rollback_rate"]?.double ?? 0) rolled back")
        }
        try await workspace.close()
    }
}
