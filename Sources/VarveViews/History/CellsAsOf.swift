// Reads the cells that a query needs, over a prefix of the log. `states/` holds the states of whole segments by level and
// bucket; only the requested cells are read and merged, on several threads. Segments that are not stored, and the segment
// that the prefix cuts, are folded.
//
//     segments   │ 0 whole │ 1 whole │ 2 not kept │ 3 whole │ 4 cut ┊   │
//     thread 0     cells     cells
//     thread 1                                      cells
//     then                               folded               folded

internal import VarveBatchFormat
internal import VarveEvents
internal import VarveHash
internal import VarveLog
internal import VarveProjections

/// Answers one query of one view.
struct CellsAsOf: Sendable {
    private let reader: LogReader
    private let view: ViewDefinition
    private let requested: RequestedCells
    private let threads: Int
    private let cache: SegmentStates?

    init(_ reader: LogReader, _ view: ViewDefinition, _ requested: RequestedCells, threads: Int, _ cache: SegmentStates?) {
        self.reader = reader
        self.view = view
        self.requested = requested
        self.threads = threads
        self.cache = cache
    }

    struct Found {
        /// The state at the requested level.
        var state: ViewState
        var damaged: Set<DamagedRange> = []
        /// How many segments' cells were read, and how many ranges of the log were folded.
        var segments = 0
        var folded = 0
    }

    /// The state over the events below `end`.
    func state(below end: Offset, _ bases: ViewBases) throws(ViewError) -> Found {
        var found = Found(state: try bases.state(of: view, buckets: requested.permanent).state.coarsened(to: requested.level))
        let range = try bases.range(upTo: end)
        let segments = try typed(at: "log") { try reader.segments() }.filter {
            $0.firstOffset.value < range.upperBound && $0.endOffset.value > range.lowerBound
        }
        // If a stored state does not parse although its hash matches, everything is folded.
        let kept = cache.flatMap { read(segments, range, $0) } ?? ([], Array(repeating: false, count: segments.count))
        for state in kept.0 { found.state.merge(state) }
        found.segments = kept.1.count { $0 }
        var next = range.lowerBound
        for (segment, isDone) in zip(segments, kept.1) where isDone {
            try fold(next..<segment.firstOffset.value, &found)
            next = segment.endOffset.value
        }
        try fold(next..<range.upperBound, &found)
        return found
    }

    /// The requested cells of the stored segments within `range`, and which segments those are; nil when some cells are
    /// invalid.
    private func read(
        _ segments: [SegmentInfo], _ range: Range<UInt64>, _ cache: SegmentStates
    ) -> ([ViewState], [Bool])? {
        let count = max(1, min(threads, segments.count / 2))
        let share = (segments.count + count - 1) / count
        let results = onThreads(count) { thread in
            read(segments.dropFirst(thread * share).prefix(share), range, cache)
        }
        var states: [ViewState] = []
        var isDone: [Bool] = []
        for result in results {
            guard let result else { return nil }
            states.append(result.0)
            isDone += result.1
        }
        return (states, isDone)
    }

    private func read(
        _ segments: ArraySlice<SegmentInfo>, _ range: Range<UInt64>, _ cache: SegmentStates
    ) -> (ViewState, [Bool])? {
        let fingerprint = view.cellFingerprint.bytes
        var merger = SectionMerger(view, level: requested.level)
        var isDone: [Bool] = []
        for segment in segments {
            var sections: [(StateSection, BucketLevel)] = []
            if let content = segment.contentHash, segment.damaged.isEmpty, segment.firstOffset.value >= range.lowerBound,
                segment.endOffset.value <= range.upperBound, let file = cache.open(content)
            {
                sections = requested.pieces.compactMap { piece in
                    file.section(fingerprint, piece.level, piece.buckets).map { ($0, piece.level) }
                }
            }
            isDone.append(sections.count == requested.pieces.count)
            guard isDone.last == true else { continue }
            for (section, level) in sections where (try? merger.merge(section, at: level)) == nil { return nil }
        }
        let state = merger.finished()
        // Settle on the worker thread, so that this part runs in parallel.
        state.settle()
        return (state, isDone)
    }

    /// Folds a range that is not stored, and stores its whole segments.
    private func fold(_ range: Range<UInt64>, _ found: inout Found) throws(ViewError) {
        guard !range.isEmpty else { return }
        let folded = try ParallelFold.run(
            reader, FoldPlan([view]), range, threads: threads, FoldChoices(cache: cache, buckets: requested.permanent))
        guard let state = folded.states.state(of: view) else {
            preconditionFailure("a plan of \(view.name) without its state")
        }
        found.state.merge(state.keeping(requested.permanent).coarsened(to: requested.level))
        found.damaged.formUnion(folded.damaged)
        found.folded += 1
    }
}
