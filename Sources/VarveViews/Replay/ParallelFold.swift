// Folding a range of the log on several threads. The range is cut into parts, threads take part after part,
// fold each into states of their own, and at the end the states are merged. Nothing is shared while a batch is
// folded; and since states merge exactly, neither the number of threads nor who took which part shows in the result.
//
//     segments   │ 0 sealed      │ 1 sealed      │ 2 sealed      │ 3 active │
//     parts      │  0    │  1    │  2    │  3    │  4    │  5    │    6     │
//     thread 0      1st     2nd     3rd     4th
//     thread 1                                      3rd     2nd      1st
//
// Even threads begin at the front, odd ones at the back: then two of them have hardly a time bucket in common when they are
// merged, and the active segment, the one part that cannot be cut, is not begun last.

internal import Synchronization
internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash
internal import VarveLog
internal import VarveProjections

/// What folding a range gave.
struct FoldedRange: Sendable {
    var states: ViewStates
    /// Events that were there, whether a view takes them or not.
    var events: UInt64 = 0
    /// Segments that were read, wholly or in part.
    var segments = 0
    /// Segments whose states came from the cache.
    var cached = 0
    /// Events among them whose frames were not read: no view looks at their signals.
    var passed: UInt64 = 0
    var damaged: Set<DamagedRange> = []

    mutating func count(_ events: UInt64) {
        passed += events
        self.events += events
    }

    mutating func merge(_ other: FoldedRange) {
        states.merge(other.states)
        events += other.events
        cached += other.cached
        passed += other.passed
        damaged.formUnion(other.damaged)
    }
}

final class ParallelFold: Sendable {
    private let reader: LogReader
    private let plan: FoldPlan
    private let range: Range<UInt64>
    private let parts: [FoldPart]
    private let choices: FoldChoices
    /// The parts that nobody has taken.
    private let left: Mutex<Range<Int>>
    private let hasFailed = Atomic(false)

    private init(
        _ reader: LogReader, _ plan: FoldPlan, _ range: Range<UInt64>, _ parts: [FoldPart], _ choices: FoldChoices
    ) {
        self.reader = reader
        self.plan = plan
        self.range = range
        self.parts = parts
        left = Mutex(parts.indices)
        self.choices = choices
    }

    /// Folds the events of `range`, which ends at or below the watermark. Blocks until all threads are done.
    /// `known` are the log's segments, where the caller has just looked.
    static func run(
        _ reader: LogReader, _ plan: FoldPlan, _ range: Range<UInt64>, threads: Int, _ choices: FoldChoices = FoldChoices(),
        known: [SegmentInfo]? = nil
    ) throws(ViewError) -> FoldedRange {
        let all = if let known { known } else { try typed(at: "log") { try reader.segments() } }
        let segments = all.filter {
            $0.firstOffset.value < range.upperBound && $0.endOffset.value > range.lowerBound && !choices.skip($0)
        }
        // A segment that nothing is known of is folded whole only to keep its states; else several threads share it.
        let parts = FoldPart.parts(segments, range, threads: threads, least: choices.rowsPerPart) { content in
            choices.cache.map { choices.keepsStates || $0.has(content) } ?? false
        }
        // What no segment holds is scanned as well: a scan says that it is lost, or that retention has removed it meanwhile.
        let gaps = all.gaps(in: range).map { FoldPart(range: $0) }
        let fold = ParallelFold(reader, plan, range, gaps + parts, choices)
        var result = try fold.runThreads(min(max(threads, 1), max(parts.count, 1)))
        result.segments = segments.count
        return result
    }

    private func runThreads(_ count: Int) throws(ViewError) -> FoldedRange {
        // Results are taken out of their list one by one: what something else still holds would be copied before it changes.
        var results = onThreads(count) { thread in Result { () throws(ViewError) in try self.work(thread) } }
        var merged = try results.removeLast().get()
        while let other = results.popLast() { merged.merge(try other.get()) }
        return merged
    }

    /// One thread's share.
    private func work(_ thread: Int) throws(ViewError) -> FoldedRange {
        do {
            var folded = FoldedRange(states: ViewStates(plan))
            let select = ColumnSelection(keys: plan.columns, timeGrain: plan.timeGrain)
            let cursor = LogCursor(
                reader, select: select, where: choices.filter, partOf: range, wanting: { [plan] in plan.matches($0) })
            while !hasFailed.load(ordering: .relaxed) {
                guard let index = left.withLock({ thread.isMultiple(of: 2) ? $0.popFirst() : $0.popLast() }) else { break }
                if let content = parts[index].content, let cache = choices.cache {
                    try foldWhole(parts[index], content, cache, cursor, &folded)
                } else {
                    try fold(parts[index].range, cursor, &folded)
                }
            }
            return folded
        } catch {
            hasFailed.store(true, ordering: .relaxed)
            throw ViewError(error, at: "log")
        }
    }

    private func fold(_ range: Range<UInt64>, _ cursor: LogCursor, _ folded: inout FoldedRange) throws {
        let passed = cursor.count.passed
        defer { folded.count(cursor.count.passed - passed) }
        try cursor.scan(range, durable: Offset(self.range.upperBound), onDamage: { folded.damaged.insert($0) }) { batch in
            if choices.isStopped() { throw ViewError(.stopped, "stopped before the replay was done") }
            folded.states.fold(batch)
            folded.events += UInt64(batch.rowCount)
        }
    }

    /// A whole sealed segment: its states come from the cache, or go there.
    private func foldWhole(
        _ part: FoldPart, _ content: SHA256Digest, _ cache: SegmentStates, _ cursor: LogCursor, _ folded: inout FoldedRange
    ) throws {
        if let states = cache.load(content, plan, buckets: choices.buckets) {
            folded.states.merge(states)
            folded.events += part.rows
            folded.cached += 1
            return
        }
        var whole = FoldedRange(states: ViewStates(plan))
        try fold(part.range, cursor, &whole)
        if choices.keepsStates, whole.damaged.isEmpty, whole.events == part.rows { cache.save(content, whole.states) }
        folded.merge(whole)
    }
}

/// Runs `work` on `count` threads, of which the calling one is the first, and returns what each gave.
func onThreads<Given: Sendable>(_ count: Int, _ work: @escaping @Sendable (Int) -> Given) -> [Given] {
    let given = Monitor([Given?](repeating: nil, count: max(count, 1)))
    for thread in 1..<max(count, 1) {
        startBlockingThread {
            let result = work(thread)
            given.withLock { $0[thread] = result }
        }
    }
    let own = work(0)
    return given.wait { given -> [Given]? in
        given[0] = own
        guard given.allSatisfy({ $0 != nil }) else { return nil }
        // Nothing stays here: a thread that has not quite ended holds the monitor.
        defer { given = [] }
        return given.compactMap { $0 }
    }
}

/// What else a fold may be told.
struct FoldChoices: Sendable {
    var isStopped: @Sendable () -> Bool = { false }
    /// Which segments need not be read, by what is known of them.
    var skip: @Sendable (SegmentInfo) -> Bool = { _ in false }
    /// Which events are folded: exact limits of event time. Not for states that are kept.
    var filter = LogFilter()
    /// Where states of whole segments are looked for and kept; nil folds everything.
    var cache: SegmentStates?
    /// Whether states that were not in the cache go there.
    var keepsStates = true
    /// Buckets of the permanent level that are asked for; others may be left out.
    var buckets: ClosedRange<Int64>?
    /// Rows that are worth a part of their own, at least: about a large frame. Frames are not cut.
    var rowsPerPart: UInt64 = 1 << 15
}

/// What one thread folds at a time.
struct FoldPart: Sendable {
    var range: Range<UInt64>
    /// Of a whole sealed segment without damage, when such are folded by themselves.
    var content: SHA256Digest?
    var rows: UInt64 = 0

    /// Rows of one part, where there are many; of a short range, a single segment for example, every thread gets two parts.
    private static let rowsPerPart: UInt64 = 1 << 18
    /// Parts that one thread takes in all: so that all end at about the same time, and footers are not read too often.
    private static let partsPerThread = 32

    static func parts(
        _ segments: [SegmentInfo], _ range: Range<UInt64>, threads: Int, least: UInt64, whole: (SHA256Digest) -> Bool
    ) -> [FoldPart] {
        let count = UInt64(max(threads, 1))
        let total = segments.reduce(UInt64(0)) {
            $0 + UInt64(($1.firstOffset.value..<$1.endOffset.value).clamped(to: range).count)
        }
        let rows = max(total / (count * UInt64(partsPerThread)), min(rowsPerPart, max(total / (count * 2), least, 1)))
        var parts: [FoldPart] = []
        for segment in segments {
            let own = (segment.firstOffset.value..<segment.endOffset.value).clamped(to: range)
            if let content = segment.contentHash, segment.damaged.isEmpty,
                own == segment.firstOffset.value..<segment.endOffset.value, whole(content)
            {
                parts.append(FoldPart(range: own, content: content, rows: segment.rows))
                continue
            }
            // An unsealed segment has no index: every part of it would look for its place from the beginning.
            let pieces = segment.isSealed && threads > 1 ? max(1, (own.upperBound - own.lowerBound) / rows) : 1
            let step = (own.upperBound - own.lowerBound) / pieces
            for piece in 0..<pieces {
                let start = own.lowerBound + piece * step
                parts.append(FoldPart(range: start..<(piece + 1 == pieces ? own.upperBound : start + step)))
            }
        }
        return joined(parts, rows: threads > 1 ? rows / 2 : total)
    }

    /// Small neighbours as one part.
    private static func joined(_ parts: [FoldPart], rows: UInt64) -> [FoldPart] {
        var joined: [FoldPart] = []
        for part in parts {
            if let last = joined.last, last.content == nil, part.content == nil, last.range.upperBound == part.range.lowerBound,
                part.range.upperBound - last.range.lowerBound <= rows
            {
                joined[joined.count - 1].range = last.range.lowerBound..<part.range.upperBound
            } else {
                joined.append(part)
            }
        }
        return joined
    }
}
