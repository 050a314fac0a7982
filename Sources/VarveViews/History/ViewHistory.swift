// The state of a view at any past point of the log: merged states of whole segments, from the cache, plus at most one partially
// replayed segment. The result for an offset never changes. Stores of projectors are not used.

internal import VarveBatchFormat
internal import VarveDisk
public import VarveEvents
public import VarveHash
public import VarveLog
public import VarveProjections

/// Past states of views.
public struct ViewHistory: Sendable {
    let reader: LogReader
    let cache: SegmentStates?
    let threads: Int
    let path: String

    /// Opens the log in the data directory `data`.
    ///
    /// - Parameter usesCache: whether states of sealed segments are read from and saved in `states/`.
    public static func open(at data: String, threads: Int = 2, usesCache: Bool = true) throws(ViewError) -> ViewHistory {
        let disk = RealDisk()
        return ViewHistory(
            reader: try typed(at: data) { try LogReader.open(at: data) },
            cache: usesCache ? SegmentStates(at: data, disk: disk) : nil, threads: threads, path: data)
    }

    /// The end offset of the prefix `moment`.
    public func offset(_ moment: AsOf) throws(ViewError) -> Offset {
        switch moment {
        case .now: return try typed(at: path) { try reader.durable() }
        case .offset(let offset): return offset
        case .time(let time): return try typed(at: path) { try offset(appendedBy: time) }
        }
    }

    /// The state of a view over a prefix of the log, at its permanent level. `buckets` limits it to a range. Damaged ranges are
    /// reported to `onDamage` and left out.
    public func state(
        of definition: ViewDefinition, asOf moment: AsOf = .now, buckets: ClosedRange<Int64>? = nil,
        onDamage: (DamagedRange) -> Void = { _ in }
    ) throws(ViewError) -> ViewState {
        let end = try checked(offset(moment))
        let (state, damaged) = try ViewBases.with(reader) { bases throws(ViewError) in
            let folded = try ParallelFold.run(
                reader, FoldPlan([definition]), bases.range(upTo: end), threads: threads,
                FoldChoices(cache: cache, buckets: buckets))
            guard let fresh = folded.states.state(of: definition) else {
                preconditionFailure("a plan of \(definition.name) without its state")
            }
            var state = try bases.state(of: definition, buckets: buckets).state
            state.merge(fresh)
            return (state, folded.damaged)
        }
        damaged.sorted { $0.offsets.lowerBound < $1.offsets.lowerBound }.forEach(onDamage)
        return state
    }

    /// The first offset that a view covers: 0, or R if earlier events had expired when it was defined.
    public func completeFrom(_ view: AnyView) throws(ViewError) -> Offset {
        let bases = try ViewBases(reader)
        return switch view {
        case .mergeable(let view): try bases.state(of: view, buckets: .min ... .min).completeFrom
        case .sequential(let view): try bases.state(of: view).completeFrom
        }
    }

    /// The state of a sequential projection over a prefix of the log, from its newest snapshot. Poisoned events are left out
    /// and counted in its tally.
    public func state(
        of projection: any SequentialProjection, asOf moment: AsOf = .now, onDamage: (DamagedRange) -> Void = { _ in }
    ) throws(ViewError) -> SequentialState {
        let end = try checked(offset(moment))
        let folded = try ViewBases.with(reader) { bases throws(ViewError) in
            try SequentialFold.run(
                reader, [projection], upTo: end, bases: bases,
                SequentialChoices(snapshots: cache.map { _ in Snapshots(at: path, disk: RealDisk()) }, park: { _ in true }))
        }
        folded.damaged.sorted { $0.offsets.lowerBound < $1.offsets.lowerBound }.forEach(onDamage)
        return folded.states[0].state
    }

    /// The view hash at an offset: a SHA-256 digest that anyone with the log can reproduce.
    public func hash(
        of definition: ViewDefinition, asOf moment: AsOf = .now, onDamage: (DamagedRange) -> Void = { _ in }
    ) throws(ViewError) -> SHA256Digest {
        try state(of: definition, asOf: moment, onDamage: onDamage).viewHash
    }

    /// The view hash of a view of either kind.
    public func hash(
        of view: AnyView, asOf moment: AsOf = .now, onDamage: (DamagedRange) -> Void = { _ in }
    ) throws(ViewError) -> SHA256Digest {
        switch view {
        case .mergeable(let definition): try hash(of: definition, asOf: moment, onDamage: onDamage)
        case .sequential(let projection): try state(of: projection, asOf: moment, onDamage: onDamage).viewHash
        }
    }

    /// Throws for offsets that are not durable yet or that have expired.
    func checked(_ end: Offset) throws(ViewError) -> Offset {
        let (first, durable) = try typed(at: path) { (try reader.retained(), try reader.durable()) }
        guard end <= durable else {
            throw ViewError(.notDurableYet, "offset \(end) is not durable yet: the log ends at \(durable)")
        }
        guard end >= first else {
            throw ViewError(.expired, "events below \(first) were removed by retention; the views at \(end) have expired")
        }
        return end
    }

    /// The first offset whose event was appended after `time`, by plausible append times.
    private func offset(appendedBy time: Timestamp) throws -> Offset {
        let durable = try reader.durable()
        var end = try reader.retained()
        let now = Timestamp(nanoseconds: wallClockNanoseconds())
        for segment in try reader.segments().withPlausibleTimes(at: now) {
            if let observed = segment.observed {
                // Stamped by a wrong clock, and no later segment is sealed yet that would correct it.
                if observed.lowerBound.nanoseconds > now.nanoseconds &+ EventLimits.clockToleranceNanoseconds { continue }
                if observed.upperBound <= time {
                    end = segment.endOffset
                    continue
                }
                if observed.lowerBound > time { break }
            }
            let cursor = LogCursor(reader, select: .init(keys: [], times: false, observed: true))
            var isPast = false
            try cursor.scan(segment.firstOffset.value..<segment.endOffset.value, durable: durable) { batch in
                for row in 0..<batch.rowCount where !isPast {
                    isPast = batch.observed[row] > time.nanoseconds
                    if !isPast { end = Offset(batch.offset(ofRow: row).value + 1) }
                }
            }
            if isPast { break }
        }
        return end
    }
}
