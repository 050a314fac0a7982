// Folding a range of the log on several threads. The range is cut into parts. Each thread takes one part after another and
// folds it into its own states; at the end the states are merged. Nothing is shared during folding. Because merging is exact,
// the result depends neither on the number of threads nor on which thread took which part.
//
//     segments   │ 0 sealed      │ 1 sealed      │ 2 sealed      │ 3 active │
//     parts      │  0    │  1    │  2    │  3    │  4    │  5    │    6     │
//     thread 0      1st     2nd     3rd     4th
//     thread 1                                      3rd     2nd      1st
//
// Even threads start at the front and odd ones at the back. Two threads then have hardly any time bucket in common when their
// states are merged, and the active segment, the only part that cannot be cut, is not started last.

internal import Synchronization
internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash
internal import VarveLog
internal import VarveProjections

/// The result of folding a range.
struct FoldedRange: Sendable {
    var states: ViewStates
    /// Events in the range, whether a view uses them or not.
    var events: UInt64 = 0
    /// Segments read, completely or in part.
    var segments = 0
    /// Segments whose states came from the cache.
    var cached = 0
    /// How many of `events` were in frames that were skipped because no view uses their signals.
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
    /// The parts that no thread has taken yet.
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

    /// Folds the events of `range`, which must end at or below the watermark. Blocks until all threads are done. `known` are
    /// the log's segments, if the caller has just read them.
    static func run(
        _ reader: LogReader, _ plan: FoldPlan, _ range: Range<UInt64>, threads: Int, _ choices: FoldChoices = FoldChoices(),
        known: [SegmentInfo]? = nil
    ) throws(ViewError) -> FoldedRange {
        let all = if let known { known } else { try typed(at: "log") { try reader.segments() } }
        let segments = all.filter {
            $0.firstOffset.value < range.upperBound && $0.endOffset.value > range.lowerBound && !choices.skip($0)
        }
        // A segment without cached states is folded as one part only if its states are to be saved; otherwise several threads
        // share it.
        let parts = FoldPart.parts(segments, range, threads: threads, least: choices.rowsPerPart) { content in
            choices.cache.map { choices.keepsStates || $0.has(content) } ?? false
        }
        // Ranges without a segment are scanned too: the scan reports that they are lost, or throws that retention has removed
        // them.
        let gaps = all.gaps(in: range).map { FoldPart(range: $0) }
        let fold = ParallelFold(reader, plan, range, gaps + parts, choices)
        var result = try fold.runThreads(min(max(threads, 1), max(parts.count, 1)))
        result.segments = segments.count
        return result
    }

    private func runThreads(_ count: Int) throws(ViewError) -> FoldedRange {
        // Take results out of the array one by one, because a state with another reference would be copied when it changes.
        var results = onThreads(count) { thread in Result { () throws(ViewError) in try self.work(thread) } }
        var merged = try results.removeLast().get()
        while let other = results.popLast() { merged.merge(try other.get()) }
        return merged
    }

    /// The work of one thread.
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

    /// Folds a whole sealed segment: its states are loaded from the cache or saved there.
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

/// Runs `work` on `count` threads, the calling one being the first, and returns their results.
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
        // Keep no reference to the results here: a thread that is about to end may still hold the monitor.
        defer { given = [] }
        return given.compactMap { $0 }
    }
}

/// Options of a fold.
struct FoldChoices: Sendable {
    var isStopped: @Sendable () -> Bool = { false }
    /// Decides which segments need not be read.
    var skip: @Sendable (SegmentInfo) -> Bool = { _ in false }
    /// Exact limits of event time. Not used for states that are saved.
    var filter = LogFilter()
    /// The cache of segment states; nil folds everything.
    var cache: SegmentStates?
    /// Whether states missing in the cache are saved there.
    var keepsStates = true
    /// The buckets of the permanent level that are needed; others may be left out.
    var buckets: ClosedRange<Int64>?
    /// The fewest rows worth a part of their own, about one large frame. Frames are not cut.
    var rowsPerPart: UInt64 = 1 << 15
}

/// A unit of work for one thread.
struct FoldPart: Sendable {
    var range: Range<UInt64>
    /// The content hash of a whole, undamaged sealed segment that is folded by itself.
    var content: SHA256Digest?
    var rows: UInt64 = 0

    /// Rows per part in long ranges. A short range, such as a single segment, is cut into two parts per thread.
    private static let rowsPerPart: UInt64 = 1 << 18
    /// Parts per thread: enough that all threads end at about the same time, few enough that footers are not read too often.
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
            // An unsealed segment has no index, so every part would have to search from its beginning.
            let pieces = segment.isSealed && threads > 1 ? max(1, (own.upperBound - own.lowerBound) / rows) : 1
            let step = (own.upperBound - own.lowerBound) / pieces
            for piece in 0..<pieces {
                let start = own.lowerBound + piece * step
                parts.append(FoldPart(range: start..<(piece + 1 == pieces ? own.upperBound : start + step)))
            }
        }
        return joined(parts, rows: threads > 1 ? rows / 2 : total)
    }

    /// Joins small adjacent parts.
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
