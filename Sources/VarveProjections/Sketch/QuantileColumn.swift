// Quantile sketches of all cells of one bucket, in four equivalent forms:
//
//     log        16-bit window names of values, in segments of one cell each: a fold appends to it. Most cells have about a
//                hundred values in as many buckets, for which this is the smallest and fastest form.
//     wide       (cell, code, count) for values outside the window
//     merged     the canonical bytes of whole sketches that were merged in, each with its cell
//     settled    per cell its canonical bytes: zero count, then the positive and negative buckets, ascending, as
//                (count of buckets, first code, gaps, counts) in LEB128
//
// `settle()` converts the first three to the fourth. Count, minimum and maximum are stored exactly beside them.

final class QuantileColumn: MeasureColumn, @unchecked Sendable {
    var summaries: [Summary] = []
    var log: [UInt16] = []
    var segments: [Segment] = []
    var wide: [Entry] = []
    var merged: [UInt8] = []
    var mergedSegments: [Segment] = []
    /// The integers that no double represents.
    var exact = ExactExtremes()
    /// The canonical buckets of cell i are `settled[bounds[i] ..< bounds[i + 1]]`; cells beyond the bounds have none yet.
    private var settled: [UInt8] = []
    private var bounds: [Int] = [0]

    override func copy() -> MeasureColumn {
        let copy = QuantileColumn()
        copy.summaries = summaries
        copy.log = log
        copy.segments = segments
        copy.wide = wide
        copy.merged = merged
        copy.mergedSegments = mergedSegments
        copy.exact = exact
        copy.settled = settled
        copy.bounds = bounds
        return copy
    }

    override func grow(to count: Int) {
        summaries.append(contentsOf: repeatElement(Summary(), count: count - summaries.count))
    }

    override func reserve(_ count: Int) { summaries.reserveCapacity(count) }

    /// Adds to the exact part of a cell.
    @inline(__always)
    func include(_ cell: Int, count: Int64, min: Double, max: Double) {
        summaries[cell].include(count: count, min: min, max: max)
    }

    /// Adds to the bucketed part of a cell.
    func addBucket(_ cell: Int, _ code: Int32, _ count: UInt64) {
        wide.append(Entry(cell: UInt32(truncatingIfNeeded: cell), code: code, count: count))
    }

    override func absorb(_ other: MeasureColumn, _ map: [UInt32]) {
        let other = unsafeDowncast(other, to: QuantileColumn.self)
        for (cell, target) in map.enumerated() where target != .max {
            let from = other.summaries[cell]
            if from.count > 0 { exact.merge(Int(target), other.exact, cell, from) }
            if from.count > 0 { include(Int(target), count: from.count, min: from.min, max: from.max) }
        }
        let base = log.count
        log += other.log
        for segment in other.segments where map[Int(segment.cell)] != .max {
            segments.append(
                Segment(cell: map[Int(segment.cell)], start: base + segment.range.lowerBound, count: segment.range.count))
        }
        for entry in other.wide where map[Int(entry.cell)] != .max {
            wide.append(Entry(cell: map[Int(entry.cell)], code: entry.code, count: entry.count))
        }
        let start = merged.count
        merged += other.merged
        for segment in other.mergedSegments where map[Int(segment.cell)] != .max {
            mergedSegments.append(
                Segment(cell: map[Int(segment.cell)], start: start + segment.range.lowerBound, count: segment.range.count))
        }
        for (cell, target) in map.enumerated() where target != .max {
            guard let range = other.settledRange(cell) else { continue }
            mergedSegments.append(Segment(cell: target, start: merged.count, count: range.count))
            merged += other.settled[range]
            settleIfLarge()
        }
    }

    override func settleIfLarge() {
        let isLarge =
            log.count > 65_536 || wide.count > Swift.max(65_536, settled.count / 2)
            || merged.count > Swift.max(1 << 20, settled.count * 4)
        if isLarge { settle() }
    }

    // MARK: Settling

    /// Brings all cells into canonical bytes. O(values + cells × span of their buckets).
    override func settle() {
        guard !segments.isEmpty || !wide.isEmpty || !mergedSegments.isEmpty || bounds.count <= summaries.count else { return }
        let ordered = byCell(segments, cells: summaries.count) { $0.cell }
        let wide = byCell(self.wide, cells: summaries.count) { $0.cell }
        let mergedIn = byCell(mergedSegments, cells: summaries.count) { $0.cell }
        var (segmentIndex, mergedIndex) = (0, 0)
        var out = StateWriter()
        out.bytes.reserveCapacity(settled.count + log.count * 2 + merged.count)
        var newBounds = [0]
        newBounds.reserveCapacity(summaries.count + 1)
        var merger = SketchMerger()
        var wideIndex = 0
        for cell in summaries.indices {
            let (segmentStart, wideStart, mergedStart) = (segmentIndex, wideIndex, mergedIndex)
            while segmentIndex < ordered.count, Int(ordered[segmentIndex].cell) == cell { segmentIndex += 1 }
            while wideIndex < wide.count, Int(wide[wideIndex].cell) == cell { wideIndex += 1 }
            while mergedIndex < mergedIn.count, Int(mergedIn[mergedIndex].cell) == cell { mergedIndex += 1 }
            let hasNothingNew = wideStart == wideIndex && segmentStart == segmentIndex
            if hasNothingNew, mergedStart == mergedIndex, cell + 1 < bounds.count {
                out.bytes += settled[bounds[cell]..<bounds[cell + 1]]
            } else if hasNothingNew, mergedStart + 1 == mergedIndex, settledRange(cell) == nil {
                // A single merged sketch: its bytes are the result.
                out.bytes += merged[mergedIn[mergedStart].range]
            } else {
                log.withUnsafeBufferPointer { log in
                    for segment in ordered[segmentStart..<segmentIndex] { merger.add(log, segment.range) }
                }
                for entry in wide[wideStart..<wideIndex] { merger.add(entry.code, entry.count) }
                merged.withUnsafeBytes { merged in
                    for segment in mergedIn[mergedStart..<mergedIndex] {
                        SketchBuckets.forEach(UnsafeRawBufferPointer(rebasing: merged[segment.range])) { merger.add($0, $1) }
                    }
                }
                forEachSettled(cell) { merger.add($0, $1) }
                merger.write(&out)
            }
            newBounds.append(out.bytes.count)
        }
        settled = out.bytes
        bounds = newBounds
        log = []
        segments = []
        self.wide = []
        merged = []
        mergedSegments = []
    }

    /// The range of the canonical bytes of `cell`, if it has any.
    private func settledRange(_ cell: Int) -> Range<Int>? {
        guard cell + 1 < bounds.count, bounds[cell] < bounds[cell + 1] else { return nil }
        return bounds[cell]..<bounds[cell + 1]
    }

    @inline(__always)
    func forEachSettled(_ cell: Int, _ body: (Int32, UInt64) -> Void) {
        guard let range = settledRange(cell) else { return }
        settled.withUnsafeBytes { SketchBuckets.forEach(UnsafeRawBufferPointer(rebasing: $0[range]), body) }
    }

    // MARK: Bytes and values

    override func encode(_ cell: Int, _ out: inout StateWriter) {
        settle()
        let corrections = exact.corrections(cell, summaries[cell])
        out.leb(UInt64(bitPattern: summaries[cell].count) | (corrections == nil ? 0 : 1 << 63))
        guard summaries[cell].count > 0 else { return }
        out.double(summaries[cell].min)
        out.double(summaries[cell].max)
        if let corrections {
            out.leb(corrections.low)
            out.leb(corrections.high)
        }
        out.bytes += settled[bounds[cell]..<bounds[cell + 1]]
    }

    override func decode(_ cell: Int, _ reader: inout StateReader) throws(StateError) {
        let head = try reader.leb()
        let count = Int64(head & UInt64(Int64.max))
        let isCorrected = head >> 63 == 1
        if isCorrected, count == 0 { throw reader.fail("corrections of nothing") }
        let isNext = cell + 1 == bounds.count
        if count == 0 {
            if isNext { bounds.append(settled.count) }
            return
        }
        let summary = Summary(count: count, min: try reader.double(), max: try reader.double())
        guard summary.min <= summary.max else { throw reader.fail("a minimum above the maximum") }
        if isCorrected {
            guard exact.include(cell, summary.min, summary.max, try reader.leb(), try reader.leb()) else {
                throw reader.fail("a correction that gives no integer")
            }
        } else {
            exact.include(cell, summary.min, summary.max)
        }
        let start = reader.position
        var entries: [Entry] = []
        var least = Int32.max
        var greatest = Int32.min
        let total = try SketchBuckets.read(&reader) { code, count in
            least = Swift.min(least, code)
            greatest = Swift.max(greatest, code)
            if !isNext { entries.append(Entry(cell: UInt32(truncatingIfNeeded: cell), code: code, count: count)) }
        }
        guard total == UInt64(count) else { throw reader.fail("buckets of \(total) values in a sketch of \(count)") }
        guard least == SketchCode.code(of: summary.min), greatest == SketchCode.code(of: summary.max) else {
            throw reader.fail("buckets that do not reach from the minimum to the maximum")
        }
        summaries[cell] = summary
        if isNext {
            settled += reader.bytes[start..<reader.position]
            bounds.append(settled.count)
        } else {
            wide += entries
        }
    }

    override func value(_ cell: Int, _ statistic: Statistic) -> ViewValue { values(cell, [statistic])[0] }

    override func weight(_ cell: Int) -> Int64? { summaries[cell].count }
}
