import VarveBatchFormat
import VarveDisk
public import VarveEvents
public import VarveLog

/// What a log must hold after whatever happened to it. Event number n has the id `e<n>`.
struct CrashModel {
    /// The number at each offset that was acknowledged or seen by a reader.
    var certain: [UInt64: Int64] = [:]
    /// Numbers that were handed to an append; some may not have come in.
    var tried = 0
}

/// What a reader finds.
struct LogContent {
    var numbers: [Int64] = []
    var offsets: [UInt64] = []
    var damage: [DamagedRange] = []
}

/// Small logs for the simulator.
public enum SmallLog {
    static let path = "data"

    /// On the simulated disk the clock stands still, so that a seed decides everything.
    public static func options(segmentRows: Int, clockRuns: Bool = false) -> LogOptions {
        var options = LogOptions()
        options.segmentRows = segmentRows
        if clockRuns { return options }
        options.newStore = StoreID(high: 0x1122_3344_5566_7788, low: 0x99AA_BBCC_DDEE_FF00)
        options.clock = { Timestamp(nanoseconds: 1_700_000_000_000_000_000) }
        return options
    }

    /// Events with these numbers, each with the id `e<number>`.
    public static func batch(_ numbers: Range<Int>) -> EventBatch {
        var builder = BatchBuilder()
        for number in numbers {
            builder.append(
                Event(
                    time: Timestamp(nanoseconds: 1_600_000_000_000_000_000 + Int64(number)),
                    signal: number % 3 == 0 ? "retry.success" : "retry.attempt", id: "e\(number)",
                    attributes: [Attribute("number", .int64(Int64(number)))]))
        }
        return builder.finish()
    }

    static func read(_ disk: any Disk) throws -> LogContent {
        var content = LogContent()
        let reader = try LogReader.open(at: path, disk: disk)
        try reader.scan(0..<UInt64.max, onDamage: { content.damage.append($0) }) { batch in
            batch.forEachEvent { offset, event in
                content.offsets.append(offset.value)
                if case .int64(let number)? = event[attribute: "number"] { content.numbers.append(number) }
            }
        }
        return content
    }
}
