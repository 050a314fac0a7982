// Folding in offset order on one thread: from the newest snapshot that is still valid for the log, else from the base at R, up
// to the requested offset. Every few segments a snapshot is saved.
//
//     R ├─ sealed ─┼─ sealed ─┼─ sealed ─┼─ sealed ─┼─ sealed ─┼─ active ─┤
//     base                                          ▲ snapshot         ▲ upTo
//                                                   └─── folded ───────┘

internal import VarveBatchFormat
internal import VarveEvents
internal import VarveLog
internal import VarveProjections

/// The state of one sequential projection after folding.
struct SequentialResult: Sendable {
    var state: SequentialState
    var completeFrom: Offset
    /// The offset of the snapshot or base that folding started from.
    var start: Offset
}

/// The result of folding in order.
struct SequentialRange: Sendable {
    /// One per projection, in the order given.
    var states: [SequentialResult]
    var events: UInt64 = 0
    var damaged: Set<DamagedRange> = []
}

/// Options of folding in order.
struct SequentialChoices: Sendable {
    var snapshots: Snapshots?
    /// Whether a snapshot may be used from which a poisoned event was left out.
    var acceptsParked = true
    /// Called for a poisoned event; returning true leaves it out.
    var park: @Sendable (PoisonedEvent) -> Bool = { _ in false }
    var isStopped: @Sendable () -> Bool = { false }
}

enum SequentialFold {
    /// Sealed segments between two snapshots.
    static let segmentsPerSnapshot = 4

    static func run(
        _ reader: LogReader, _ projections: [any SequentialProjection], upTo end: Offset, bases: ViewBases,
        _ choices: SequentialChoices, atEnd: ([SequentialResult]) -> Void = { _ in }
    ) throws(ViewError) -> SequentialRange {
        let segments = try typed(at: "log") { try reader.segments() }.filter { $0.firstOffset < end }
        var starts: [SequentialResult] = []
        for projection in projections {
            if let found = choices.snapshots?.newest(of: projection, upTo: end, segments, from: bases.boundary),
                choices.acceptsParked || found.state.tally.parked == 0
            {
                starts.append(found)
            } else {
                let (state, completeFrom) = try bases.state(of: projection)
                starts.append(SequentialResult(state: state, completeFrom: completeFrom, start: bases.boundary))
            }
        }
        var range = SequentialRange(states: starts)
        let columns = projections.reduce(into: Set<ColumnKey>()) { $0.formUnion($1.columns) }
        let cursor = LogCursor(reader, select: ColumnSelection(keys: columns, times: true, observed: true))
        let first = starts.map(\.start).min() ?? end
        // Scan ranges without a segment too, even below a snapshot: the scan reports that they are lost, or throws that
        // retention has removed them since the bases were read.
        var lost: Set<DamagedRange> = []
        for gap in segments.gaps(in: bases.boundary.value..<max(end, bases.boundary).value) {
            try typed(at: "log") {
                let durable = Offset(gap.upperBound)
                try cursor.scan(gap, durable: durable, onDamage: { lost.insert($0) }) { _ in }
            }
        }
        var sinceSnapshot = 0
        for segment in segments where segment.endOffset > first {
            let own = max(segment.firstOffset, first).value..<min(segment.endOffset, end).value
            try fold(own, cursor, choices, &range)
            atEnd(range.states)
            sinceSnapshot += 1
            let isWhole = segment.contentHash != nil && segment.endOffset <= end && range.damaged.isEmpty
            if isWhole, sinceSnapshot >= segmentsPerSnapshot {
                choices.snapshots?.save(range.states, at: segment.endOffset, segments)
                sinceSnapshot = 0
            }
        }
        range.damaged.formUnion(lost)
        return range
    }

    /// Folds a range within one segment. Projections that start after it are skipped; that is never in the middle, because
    /// snapshots are at the ends of segments.
    private static func fold(
        _ range: Range<UInt64>, _ cursor: LogCursor, _ choices: SequentialChoices, _ into: inout SequentialRange
    ) throws(ViewError) {
        let wanted = into.states.indices.filter { into.states[$0].start.value <= range.lowerBound }
        guard !wanted.isEmpty, !range.isEmpty else { return }
        try typed(at: "log") {
            var damaged: Set<DamagedRange> = []
            defer { into.damaged.formUnion(damaged) }
            try cursor.scan(range, durable: Offset(range.upperBound), onDamage: { damaged.insert($0) }) { batch in
                if choices.isStopped() { throw ViewError(.stopped, "stopped before the fold was done") }
                for index in wanted { try into.states[index].state.fold(batch, park: choices.park) }
                into.events += UInt64(batch.rowCount)
            }
        }
    }
}
