// The cells that a question needs, over a prefix of the log. What whole segments gave stands in `states/` by level and bucket,
// and of that the asked cells alone are read and added up, on several threads; what is not there, and the segment that the
// prefix cuts, is folded.
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

/// Answers one question about one view.
struct CellsAsOf: Sendable {
    private let reader: LogReader
    private let view: ViewDefinition
    private let asked: AskedCells
    private let threads: Int
    private let cache: SegmentStates?

    init(_ reader: LogReader, _ view: ViewDefinition, _ asked: AskedCells, threads: Int, _ cache: SegmentStates?) {
        self.reader = reader
        self.view = view
        self.asked = asked
        self.threads = threads
        self.cache = cache
    }

    struct Found {
        /// At the level asked for.
        var state: ViewState
        var damaged: Set<DamagedRange> = []
        /// Segments whose cells were read, and stretches of the log that were folded.
        var segments = 0
        var folded = 0
    }

    /// What the first events of the log, below `end`, say.
    func state(below end: Offset, _ bases: ViewBases) throws(ViewError) -> Found {
        var found = Found(state: try bases.state(of: view, buckets: asked.permanent).state.coarsened(to: asked.level))
        let range = try bases.range(upTo: end)
        let segments = try typed(at: "log") { try reader.segments() }.filter {
            $0.firstOffset.value < range.upperBound && $0.endOffset.value > range.lowerBound
        }
        // Where what is kept is no state although it fits its hash, everything is folded.
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

    /// The asked cells of the segments that are kept and lie within `range`, and which those are; nil when some are no cells.
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
        let fingerprint = view.fingerprint.bytes
        var merger = SectionMerger(view, level: asked.level)
        var isDone: [Bool] = []
        for segment in segments {
            var sections: [(StateSection, BucketLevel)] = []
            if let content = segment.contentHash, segment.damaged.isEmpty, segment.firstOffset.value >= range.lowerBound,
                segment.endOffset.value <= range.upperBound, let file = cache.open(content)
            {
                sections = asked.pieces.compactMap { piece in
                    file.section(fingerprint, piece.level, piece.buckets).map { ($0, piece.level) }
                }
            }
            isDone.append(sections.count == asked.pieces.count)
            guard isDone.last == true else { continue }
            for (section, level) in sections where (try? merger.merge(section, at: level)) == nil { return nil }
        }
        let state = merger.finished()
        // Here, where other threads do the same with theirs.
        state.settle()
        return (state, isDone)
    }

    /// Folds what was not kept, and keeps it.
    private func fold(_ range: Range<UInt64>, _ found: inout Found) throws(ViewError) {
        guard !range.isEmpty else { return }
        let folded = try ParallelFold.run(
            reader, FoldPlan([view]), range, threads: threads, FoldChoices(cache: cache, buckets: asked.permanent))
        guard let state = folded.states.state(of: view) else {
            preconditionFailure("a plan of \(view.name) without its state")
        }
        found.state.merge(state.keeping(asked.permanent).coarsened(to: asked.level))
        found.damaged.formUnion(folded.damaged)
        found.folded += 1
    }
}
