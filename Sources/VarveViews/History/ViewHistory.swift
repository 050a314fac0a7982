// What a view said at any past point of the log: merged states of whole segments, from the cache, and at most one segment
// replayed. The same for an offset now and in a year; what the projectors have stored is not looked at.

internal import VarveBatchFormat
internal import VarveDisk
public import VarveEvents
public import VarveHash
public import VarveLog
public import VarveProjections

/// Views of the log's past.
public struct ViewHistory: Sendable {
    let reader: LogReader
    let cache: SegmentStates?
    let threads: Int
    let path: String

    /// Opens the log under the data directory `data`.
    ///
    /// - Parameter usesCache: whether states of sealed segments are taken from `states/`, and kept there.
    public static func open(at data: String, threads: Int = 2, usesCache: Bool = true) throws(ViewError) -> ViewHistory {
        let disk = RealDisk()
        return ViewHistory(
            reader: try typed(at: data) { try LogReader.open(at: data) },
            cache: usesCache ? SegmentStates(at: data, disk: disk) : nil, threads: threads, path: data)
    }

    /// The offset that ends the prefix `moment`.
    public func offset(_ moment: AsOf) throws(ViewError) -> Offset {
        switch moment {
        case .now: return try typed(at: path) { try reader.durable() }
        case .offset(let offset): return offset
        case .time(let time): return try typed(at: path) { try offset(appendedBy: time) }
        }
    }

    /// The state of a view over the first events of the log, at its permanent level. `buckets` may leave out others. What cannot
    /// be read is told to `onDamage` and left out.
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

    /// The first offset that a view knows of: 0, or where it began when events before had expired.
    public func completeFrom(_ view: AnyView) throws(ViewError) -> Offset {
        let bases = try ViewBases(reader)
        return switch view {
        case .mergeable(let view): try bases.state(of: view, buckets: .min ... .min).completeFrom
        case .sequential(let view): try bases.state(of: view).completeFrom
        }
    }

    /// The state of a sequential projection over the first events of the log, from its newest snapshot. Poisoned events are left
    /// out and counted in its tally.
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

    /// The view hash at an offset: 64 hexadecimal digits that anyone who has the log gets too.
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

    /// Refuses prefixes that end where there is nothing yet, or nothing any more.
    func checked(_ end: Offset) throws(ViewError) -> Offset {
        let (first, durable) = try typed(at: path) { (try reader.retained(), try reader.durable()) }
        guard end <= durable else {
            throw ViewError(.notDurableYet, "offset \(end) is not durable yet: the log ends at \(durable)")
        }
        guard end >= first else {
            throw ViewError(.expired, "events below \(first) were removed by retention; what the views said at \(end) is expired")
        }
        return end
    }

    /// The first offset whose event was appended after `time`, by append times that can be believed.
    private func offset(appendedBy time: Timestamp) throws -> Offset {
        let durable = try reader.durable()
        var end = try reader.retained()
        let now = Timestamp(nanoseconds: wallClockNanoseconds())
        for segment in try reader.segments().settled(at: now) {
            if let observed = segment.observed {
                // Stamped by a clock that was wrong, with nothing sealed behind it: what comes later says when it was.
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
