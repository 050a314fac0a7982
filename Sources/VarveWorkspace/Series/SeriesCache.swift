internal import Synchronization
internal import VarveBatchFormat
internal import VarveEvents
internal import VarveLog
internal import VarvePromQL

/// The samples of a log in memory, in blocks of a fixed number of offsets: read when they are asked for, kept up to a limit, and
/// the least recently used ones given up. The last block grows with the log.
final class SeriesCache: Sendable {
    private struct State {
        var table = SeriesTable()
        var blocks: [UInt64: (block: SeriesBlock, used: UInt64)] = [:]
        /// What is known of blocks that were given up.
        var times: [UInt64: (origin: [SeriesBlock.Origin], end: UInt64, time: ClosedRange<Int64>?)] = [:]
        var clock: UInt64 = 0
        var size = 0
    }

    /// Offsets of a block: some tens of milliseconds to read.
    static let blockOffsets: UInt64 = 1 << 18
    /// Series beyond which all is forgotten and begun anew, so that labels that never come again cost no memory for ever.
    private static let seriesMax = 1_000_000
    private let reader: LogReader
    private let bytesMax: Int
    private let state = Mutex(State())

    init(_ reader: LogReader, bytesMax: Int) {
        self.reader = reader
        self.bytesMax = bytesMax
    }

    /// The series that match, with their samples of the blocks that hold some of the range.
    func select(_ matchers: [LabelMatcher], from: Int64, to: Int64) throws -> [SampleSeries] {
        let blocks = try blocks(from: from, to: to)
        let (numbers, labels) = matching(matchers)
        return SeriesAssembly(numbers, labels, from...max(from, to)).series(of: blocks)
    }

    /// All series that have a sample in the blocks of the range.
    func labels(_ matchers: [LabelMatcher], from: Int64, to: Int64) throws -> [Labels] {
        let blocks = try blocks(from: from, to: to)
        let (numbers, labels) = matching(matchers)
        return SeriesAssembly(numbers, labels, from...max(from, to)).labels(in: blocks)
    }

    private func matching(_ matchers: [LabelMatcher]) -> ([Int32], [Labels]) {
        state.withLock { state in
            let numbers = state.table.matching(matchers)
            return (numbers, numbers.map { state.table.labels[Int($0)] })
        }
    }

    // MARK: Blocks

    private func blocks(from: Int64, to: Int64) throws -> [SeriesBlock] {
        let segments = try reader.segments()
        guard let first = segments.first, let last = segments.last else { return [] }
        let end = last.endOffset.value
        let retained = max(try reader.retained().value, first.firstOffset.value)
        var found: [SeriesBlock] = []
        var index = retained / Self.blockOffsets
        while index * Self.blockOffsets < end {
            let start = max(index * Self.blockOffsets, retained)
            let range = start..<min((index + 1) * Self.blockOffsets, end)
            let touched = segments.filter { $0.firstOffset.value < range.upperBound && $0.endOffset.value > start }
            if let block = try block(index, range, touched, from: from, to: to), let time = block.time,
                time.lowerBound <= to, time.upperBound >= from
            {
                found.append(block)
            }
            index += 1
        }
        state.withLock { trim(&$0) }
        return found
    }

    /// Nil when it is known to hold nothing of the range.
    private func block(
        _ index: UInt64, _ range: Range<UInt64>, _ segments: [SegmentInfo], from: Int64, to: Int64
    ) throws -> SeriesBlock? {
        let origin = segments.map { SeriesBlock.Origin(first: $0.firstOffset.value, contentHash: $0.contentHash) }
        let known = state.withLock { state -> (block: SeriesBlock?, mayHold: Bool) in
            state.clock += 1
            if let entry = state.blocks[index] {
                state.blocks[index]?.used = state.clock
                return (entry.block, true)
            }
            guard let before = state.times[index], before.origin == origin, before.end == range.upperBound else {
                return (nil, true)
            }
            return (nil, before.time.map { $0.lowerBound <= to && $0.upperBound >= from } ?? false)
        }
        if let block = known.block, block.origin == origin, block.offsets == range { return block }
        guard known.mayHold, Self.mayHold(segments, from: from, to: to) else { return nil }
        var (rows, next) = (SeriesRows(), range.lowerBound)
        if let block = known.block, block.origin == origin, block.offsets.lowerBound == range.lowerBound,
            block.offsets.upperBound < range.upperBound
        {
            (rows, next) = (block.rows, block.offsets.upperBound)
        }
        try read(next..<range.upperBound, into: &rows)
        let block = SeriesBlock(range, origin, rows)
        state.withLock { state in
            state.size += block.size - (state.blocks[index]?.block.size ?? 0)
            state.blocks[index] = (block, state.clock)
            state.times[index] = (origin, range.upperBound, block.time)
        }
        return block
    }

    /// Whether the times of segments, where they are known, overlap the range.
    private static func mayHold(_ segments: [SegmentInfo], from: Int64, to: Int64) -> Bool {
        segments.contains { segment in
            guard let time = segment.time else { return true }
            return time.lowerBound.nanoseconds / 1_000_000 <= to && time.upperBound.nanoseconds / 1_000_000 >= from - 1
        }
    }

    private func read(_ range: Range<UInt64>, into rows: inout SeriesRows) throws {
        var filter = LogFilter()
        filter.signals = MetricShape.allCases.map(\.signal)
        try reader.scan(range, select: ColumnSelection(keys: nil), where: filter) { batch in
            state.withLock { rows.add(batch, to: &$0.table) }
        }
    }

    private func trim(_ state: inout State) {
        while state.size > bytesMax, state.blocks.count > 1, let oldest = state.blocks.min(by: { $0.value.used < $1.value.used })
        {
            state.size -= oldest.value.block.size
            state.blocks[oldest.key] = nil
        }
        if state.table.count > Self.seriesMax { state = State() }
    }
}
