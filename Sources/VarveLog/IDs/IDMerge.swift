// Which runs are merged, and a merge that advances in steps, so that no append waits for a whole one.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

/// Chooses the runs to merge. A pure function of their sizes.
enum IDMergePlan {
    /// What the plan needs to know of a run.
    struct Run {
        var offsets: Range<UInt64>
        var count: Int
        /// Whether the run must not be merged.
        var isFixed = false
    }

    /// The adjacent runs to merge next, or nil when nothing is worth merging. `runs` must be in offset order.
    ///
    /// A window has four or more runs, none larger than half of the others together, so an entry is merged about log₄ times.
    /// Among such windows the one with the fewest entries wins. If there are too many runs and no such window, the cheapest
    /// four are merged. Otherwise a single run is rewritten when half of its offsets are below `floor`. No window spans an
    /// offset of `gaps`.
    static func window(_ runs: [Run], floor: UInt64, gaps: [UInt64] = []) -> Range<Int>? {
        var best: (range: Range<Int>, entries: Int, fits: Bool)?
        for start in runs.indices {
            var (entries, largest) = (0, 0)
            for end in start..<runs.count {
                let (first, last) = (max(floor, runs[start].offsets.lowerBound), max(floor, runs[end].offsets.upperBound))
                let span = last - min(first, last)
                let between = runs[max(start, end - 1)].offsets.upperBound
                let isOverGap = end > start && gaps.contains { between <= $0 && $0 < runs[end].offsets.lowerBound }
                if runs[end].isFixed || isOverGap || span > IDRunFooter.spanMax { break }
                entries += runs[end].count
                largest = max(largest, runs[end].count)
                guard end - start + 1 >= LogLimits.idMergeRuns else { continue }
                let fits = largest * 3 <= entries
                guard fits || runs.count > LogLimits.idRuns else { continue }
                let isBetter = best.map { fits == $0.fits ? entries < $0.entries : fits } ?? true
                if isBetter { best = (start..<(end + 1), entries, fits) }
            }
        }
        if let best { return best.range }
        return runs.indices.first { index in
            let offsets = runs[index].offsets
            return !runs[index].isFixed && floor > offsets.lowerBound && floor < offsets.upperBound
                && floor - offsets.lowerBound >= offsets.upperBound - floor
        }.map { $0..<($0 + 1) }
    }
}

/// A merge in progress.
struct IDMerge {
    let inputs: [IDRun]
    /// The cursors of inputs that are not exhausted, and the next entry of each.
    private var cursors: [IDCursor] = []
    private var next: [IDEntry] = []
    private(set) var writer: IDRunWriter
    private let floor: UInt64

    /// Starts merging adjacent runs into one, without entries below `floor`.
    init(_ inputs: [IDRun], _ disk: any Disk, _ paths: StorePaths, floor: UInt64, bitsPerKey: Int) throws {
        guard let first = inputs.first, let last = inputs.last else { preconditionFailure("a merge without inputs") }
        self.inputs = inputs
        self.floor = floor
        let footer = IDRunFooter(
            store: last.footer.store, offsets: max(first.offsets.lowerBound, floor)..<last.offsets.upperBound,
            chain: last.footer.chain)
        for run in inputs {
            var cursor = IDCursor(run)
            guard let entry = try cursor.next() else { continue }
            next.append(entry)
            cursors.append(cursor)
        }
        writer = try IDRunWriter(
            disk, paths, footer, keys: inputs.reduce(0) { $0 + $1.count }, bitsPerKey: bitsPerKey)
    }

    /// Merges about `entries` entries. Returns true when all are written.
    mutating func step(_ entries: Int) throws -> Bool {
        for _ in 0..<entries {
            guard !next.isEmpty else { return true }
            // Of equal hashes the one from the earliest run comes first.
            var least = 0
            for index in 1..<next.count where next[index].hash < next[least].hash { least = index }
            if next[least].offset >= floor { try writer.add(next[least]) }
            if let entry = try cursors[least].next() {
                next[least] = entry
            } else {
                next.remove(at: least)
                cursors.remove(at: least)
            }
        }
        return next.isEmpty
    }

    mutating func finish() throws -> IDRun? { try writer.finish() }
    func discard() { writer.discard() }
}

/// Reads the entries of a run in order.
struct IDCursor {
    private let run: IDRun
    private var gathered: [IDEntry] = []
    private var place = 0
    private var nextBlock = 0
    private static let blocksAtOnce = 16

    init(_ run: IDRun) { self.run = run }

    /// The next entry, or nil at the end.
    mutating func next() throws -> IDEntry? {
        if place == gathered.count { try fill() }
        guard place < gathered.count else { return nil }
        place += 1
        return gathered[place - 1]
    }

    private mutating func fill() throws {
        gathered.removeAll(keepingCapacity: true)
        place = 0
        let end = min(run.footer.blockCount, nextBlock + Self.blocksAtOnce)
        guard nextBlock < end else { return }
        let start = UInt64(nextBlock * IDBlock.size)
        let wanted = Int(min(UInt64(end * IDBlock.size), run.footer.blocksEnd) - start)
        let bytes = try run.file.read(wanted, at: start)
        try bytes.withUnsafeBytes { raw in
            for number in nextBlock..<end {
                let from = min(raw.count, (number - nextBlock) * IDBlock.size)
                let part = UnsafeRawBufferPointer(rebasing: raw[from..<min(raw.count, from + IDBlock.size)])
                let block = try run.block(part, number)
                for index in 0..<block.count {
                    gathered.append(IDEntry(hash: block.hash(index), offset: block.offset(index)))
                }
            }
        }
        nextBlock = end
    }
}
