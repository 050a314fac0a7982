import VarveBatchFormat
import VarveDisk
public import VarveEvents
public import VarveLog

/// What a log must hold after whatever happened to it. Event number n has the id `e<n>`.
struct CrashModel {
    /// The number at each offset that was acknowledged or seen by a reader.
    var certain: [UInt64: Int64] = [:]
    /// The number at each offset that was acknowledged at level `interval` and is not known to be durable, and when that was.
    var provisional: [UInt64: (number: Int64, at: Int64)] = [:]
    /// The power was cut since, or a sync failed: the latest of these may be gone.
    var mayLose = false
    /// Numbers that were handed to an append; some may not have come in.
    var tried = 0
    /// R, as far as a retention has returned.
    var retained: UInt64 = 0
    /// Every R that a retention was on the way to.
    var boundaries: Set<UInt64> = [0]
    /// Where the last backup that returned ends.
    var backedUp: UInt64?

    /// Everything below is on disk.
    mutating func settle(below durable: UInt64) {
        for (offset, event) in provisional where offset < durable {
            certain[offset] = event.number
            provisional[offset] = nil
        }
    }

    /// What the base at `boundary` must be: how many events there were, and the sum of their numbers.
    func base(_ boundary: UInt64) -> [UInt8] {
        SmallLog.base((0..<boundary).compactMap { certain[$0] })
    }

    /// Numbers of events that are gone for good, below `boundary`.
    func gone(_ boundary: UInt64) -> Set<Int64> {
        Set((0..<boundary).compactMap { certain[$0] }.filter { !SmallLog.isKept($0) })
    }

    /// Those that a rule keeps, by offset.
    func kept(_ boundary: UInt64) -> [(offset: UInt64, number: Int64)] {
        (0..<boundary).compactMap { offset in certain[offset].map { (offset, $0) } }.filter { SmallLog.isKept($0.1) }
    }
}

/// What a reader finds.
struct LogContent {
    var retained: UInt64 = 0
    var bases: [String: [UInt8]] = [:]
    var numbers: [Int64] = []
    var offsets: [UInt64] = []
    var damage: [DamagedRange] = []
    /// What is kept below R.
    var keptNumbers: [Int64] = []
    var keptOffsets: [UInt64] = []
}

/// Small logs for the simulator.
public enum SmallLog {
    static let path = "data"
    static let copy = "copy"

    /// On the simulated disk the clock stands still, so that a seed decides everything.
    public static func options(
        segmentRows: Int, clockRuns: Bool = false, elapsed: @escaping @Sendable () -> Int64 = { 0 }
    ) -> LogOptions {
        var options = LogOptions()
        options.segmentRows = segmentRows
        if clockRuns { return options }
        options.elapsed = elapsed
        options.rules = [rule]
        options.newStore = StoreID(high: 0x1122_3344_5566_7788, low: 0x99AA_BBCC_DDEE_FF00)
        options.clock = { Timestamp(nanoseconds: moment) }
        return options
    }

    static let rule = RetentionRule(signals: "retry.success")

    /// Whether the rule of these logs keeps the event.
    static func isKept(_ number: Int64) -> Bool { number % 3 == 0 }

    static let moment: Int64 = 1_700_000_000_000_000_000

    /// Events with these numbers, each with the id `e<number>`.
    public static func batch(_ numbers: some Sequence<Int>) -> EventBatch {
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

    static func base(_ numbers: [Int64]) -> [UInt8] { Array("\(numbers.count) \(numbers.reduce(0, +))".utf8) }

    /// Everything from R on. Only the numbers are decoded.
    static func read(_ disk: any Disk, at path: String = path) throws -> LogContent {
        var content = LogContent()
        let reader = try LogReader.open(at: path, disk: disk)
        let bases = try reader.bases()
        content.retained = bases.boundary.value
        content.bases = bases.blobs
        let key = ColumnKey(.attribute, "number", .int64)
        let select = ColumnSelection(keys: [key], times: false, observed: false)
        if content.retained > 0 {
            try reader.scanKept(0..<content.retained, select: select, onDamage: { content.damage.append($0) }) { batch in
                batch.forEachEvent { offset, event in
                    content.keptOffsets.append(offset.value)
                    if case .int64(let number)? = event[attribute: "number"] { content.keptNumbers.append(number) }
                }
            }
        }
        try reader.scan(content.retained..<UInt64.max, select: select, onDamage: { content.damage.append($0) }) { batch in
            batch.forEachEvent { offset, event in
                content.offsets.append(offset.value)
                if case .int64(let number)? = event[attribute: "number"] { content.numbers.append(number) }
            }
        }
        return content
    }
}
