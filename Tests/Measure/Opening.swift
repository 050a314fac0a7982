import VarveEvents
import VarveLog

extension Measure {
    /// What a writer waits for before it can append: after a kill, the recovery of the segment that was being written.
    static func open(_ data: String) async throws {
        let active = try LogReader.open(at: data).segments().filter { !$0.isSealed }.reduce(0) { $0 + $1.bytes }
        let start = clock.now
        let writer = try await LogWriter.open(at: data)
        let took = milliseconds(start) / 1_000
        let torn = writer.recovery.tornBytes
        let damaged = writer.recovery.damaged.count
        try await writer.close()
        let durable = try LogReader.open(at: data).durable().value
        say(
            "{\"seconds\":\(took),\"active_bytes\":\(active),\"torn_bytes\":\(torn),\"damaged\":\(damaged),"
                + "\"durable_offset\":\(durable)}")
    }
}
