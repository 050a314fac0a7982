internal import Foundation
internal import VarveEvents
internal import VarveLog
internal import VarveProjections

/// Batches onto disk and back. These wait for the disk: compare their instructions, or their time with that of another run on
/// the same machine, never with a number.
extension Workload {
    static func logWorkloads(_ traffic: Traffic, scratch: String) -> [Workload] {
        let single = min(traffic.events, 4_096)
        return [
            Workload("log.append", events: traffic.events) {
                try await withLog(scratch) { path in
                    try await write(traffic.batches, path)
                    return try LogReader.open(at: path).durable().value
                }
            },
            Workload("log.group-commit", events: single) {
                // Many producers of single events: one sync covers what came while the last one ran.
                try await withLog(scratch) { path in
                    let writer = try await LogWriter.open(at: path)
                    let events = traffic.batches[0].slice(rows: 0..<min(single, traffic.batches[0].rowCount))
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for row in 0..<events.rowCount {
                            group.addTask { _ = try await writer.append(events.slice(rows: row..<(row + 1))) }
                        }
                        try await group.waitForAll()
                    }
                    try await writer.close()
                    return try LogReader.open(at: path).durable().value
                }
            },
            Workload("log.open", events: traffic.events) {
                try await withLog(scratch) { path in
                    try await write(traffic.batches, path)
                    for _ in 0..<8 { try await LogWriter.open(at: path).close() }
                    return try LogReader.open(at: path).durable().value
                }
            },
            Workload("log.find-session", events: traffic.events) {
                try await withLog(scratch) { path in
                    try await write(traffic.batches, path)
                    var filter = LogFilter()
                    filter.session = "sess_00000023"
                    var hash = ResultHash()
                    for _ in 0..<8 {
                        let count = try LogReader.open(at: path).scan(0..<UInt64.max, where: filter) { hash.add($0.rowCount) }
                        hash.add(Int(count.events))
                    }
                    return hash.value
                }
            },
        ]
    }

    private static func write(_ batches: [EventBatch], _ path: String) async throws {
        let writer = try await LogWriter.open(at: path)
        for batch in batches {
            var fresh = batch
            fresh.observed = []
            _ = try await writer.append(fresh)
        }
        try await writer.close()
    }

    private static func withLog(_ scratch: String, _ body: (String) async throws -> UInt64) async throws -> UInt64 {
        let path = scratch + "/" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(path)
    }
}
