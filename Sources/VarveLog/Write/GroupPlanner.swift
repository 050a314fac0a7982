// From waiting batches to the bytes of one frame: duplicates out, small batches merged, append time stamped, offsets given,
// encoded. Pure but for the clock and its own memory; the disk is the appender's.

internal import VarveBatchFormat
internal import VarveEvents
internal import VarveHash

struct GroupPlanner {
    private(set) var point: PlanPoint
    private var ids: LiveIDs
    private(set) var producers: ProducerTable
    private let store: StoreID
    private let epoch: UInt32
    private let options: LogOptions
    private var builder = BatchBuilder()

    init(_ recovered: Recovered, _ options: LogOptions) {
        point = recovered.point
        ids = recovered.ids
        producers = recovered.producers
        store = recovered.keeper.manifest.store
        epoch = recovered.report.epoch
        self.options = options
    }

    /// Takes batches from the front of `waiting`, at least one, and makes a group of them. The caller drops
    /// `replies.count` batches. `durable` is repeated in the frame.
    mutating func plan(_ waiting: ArraySlice<StampedBatch>, durable: Offset) -> CommitGroup {
        var group = CommitGroup(before: point, end: point.next)
        ids.refresh()
        let count = Self.fitting(waiting.map(\.batch)[...])
        let begins = point.segment == nil || isFull(adding: 1, ids: idCount(waiting.prefix(count)), at: point.observed)
        if begins { ids.expectSegment() }
        var kept: [EventBatch] = []
        var next = point.next.value
        for waiting in waiting.prefix(count) {
            if let stamp = waiting.stamp, let reply = answered(stamp, at: next) {
                group.replies.append(reply)
                continue
            }
            let (batch, reply) = withoutDuplicates(waiting.batch, first: next, &group.addedIDs)
            group.replies.append(reply)
            guard reply.appended > 0 else { continue }
            kept.append(batch)
            let stamp = waiting.stamp
            let entry = AppendEntry(
                producer: stamp?.producer ?? 0, epoch: stamp?.epoch ?? 0, sequence: stamp?.sequence ?? 0,
                rows: UInt32(reply.appended))
            group.appends.append(entry)
            producers.add(entry, next..<(next + UInt64(reply.appended)))
            next += UInt64(reply.appended)
        }
        for (index, waiting) in waiting.prefix(count).enumerated() { group.replies[index].durability = waiting.durability }
        if group.appends.allSatisfy({ $0.producer == 0 }) { group.appends = [] }
        guard var batch = merged(kept) else { return group }
        batch.firstOffset = point.next
        batch.offsets = nil
        stamp(&batch)
        encode(batch, &group, durable, begins: begins)
        return group
    }

    /// How many ids these batches have; 0 where that is not needed, because there is room for one of each row.
    private func idCount(_ batches: ArraySlice<StampedBatch>) -> Int {
        guard ids.isFull(adding: batches.reduce(0) { $0 + $1.batch.rowCount }) else { return 0 }
        return batches.reduce(0) { $0 + ($1.batch.column(.id)?.values.count ?? 0) }
    }

    /// Gives every row its append time, which never goes back.
    private func stamp(_ batch: inout EventBatch) {
        guard options.keepsObserved, batch.observed.count == batch.rowCount else {
            let now = max(point.observed, options.clock().nanoseconds)
            batch.observed = [Int64](repeating: now, count: batch.rowCount)
            return
        }
        var latest = point.observed
        for row in 0..<batch.rowCount {
            latest = max(latest, batch.observed[row])
            batch.observed[row] = latest
        }
    }

    /// The answer to an append that is not to be made: a retry, or of a producer that was replaced.
    private func answered(_ stamp: ProducerStamp, at next: UInt64) -> CommitGroup.Reply? {
        var reply = CommitGroup.Reply(appended: 0, duplicates: [], first: next)
        switch producers.answer(stamp) {
        case .new: return nil
        case .retry(let offsets): reply.retried = offsets
        case .fenced(let epoch):
            reply.refusal = LogError(
                .producerFenced,
                "producer \(stamp.producer) appends in epoch \(stamp.epoch), and has appended in epoch \(epoch): it was replaced")
        case .unknown(let latest):
            reply.refusal = LogError(
                .producerSequence,
                "append \(stamp.sequence) of producer \(stamp.producer) comes behind \(latest) and is not one of its last "
                    + "\(ProducerTable.remembered); a new epoch begins anew")
        }
        return reply
    }

    /// How many of the first batches make one frame.
    private static func fitting(_ waiting: ArraySlice<EventBatch>) -> Int {
        var rows = 0
        var bytes = 0
        var columns = 0
        var count = 0
        /// The columns of the first `counted` batches. Each batch is looked at once, however many wait.
        var keys: Set<ColumnKey> = []
        var counted = waiting.startIndex
        for batch in waiting {
            if count > 0, batch.rowCount >= LogLimits.rowsWorthAFrame { break }
            rows += batch.rowCount
            bytes += batch.approximateBytes
            columns += batch.columns.count
            if count > 0,
                rows > EventLimits.rowsPerBatch || bytes > EventLimits.bytesPerBatch || columns > EventLimits.columnsPerBatch / 2
            {
                // Columns of batches are mostly the same ones: look closer only when they may be too many.
                let fits = rows <= EventLimits.rowsPerBatch && bytes <= EventLimits.bytesPerBatch
                let end = waiting.startIndex + count + 1
                for batch in waiting[counted..<end] { for column in batch.columns { keys.insert(column.key) } }
                counted = end
                guard fits, keys.count <= EventLimits.columnsPerBatch / 2 else { break }
                columns = EventLimits.columnsPerBatch / 4
            }
            count += 1
            if batch.rowCount >= LogLimits.rowsWorthAFrame { break }
        }
        return max(1, count)
    }

    private mutating func merged(_ batches: [EventBatch]) -> EventBatch? {
        guard batches.count > 1 else { return batches.first }
        let keepsObserved = options.keepsObserved && batches.allSatisfy { $0.observed.count == $0.rowCount }
        for var batch in batches {
            if !keepsObserved { batch.observed = [] }
            let fits = builder.append(contentsOf: batch)
            precondition(fits, "a group that fits was refused: \(builder.rowCount) and \(batch.rowCount) rows")
        }
        let batch = builder.finish()
        if builder.columnCount > EventLimits.columnsPerBatch / 4 { builder = BatchBuilder() }
        return batch
    }

    private mutating func withoutDuplicates(
        _ batch: EventBatch, first: UInt64, _ added: inout [Hash128]
    ) -> (EventBatch, CommitGroup.Reply) {
        let batchIDs = BatchIDs(batch)
        let known: [(index: Int, offset: UInt64)]
        do {
            known = try ids.insert(batchIDs, first: first)
        } catch {
            var reply = CommitGroup.Reply(appended: 0, duplicates: [], first: first)
            reply.refusal = LogError(error)
            return (batch, reply)
        }
        let duplicates = known.map { DuplicateRow(row: batchIDs.row($0.index), original: Offset($0.offset)) }
        let new = known.isEmpty ? batchIDs.hashes : batchIDs.hashes(without: known)
        added = added.isEmpty ? new : added + new
        let reply = CommitGroup.Reply(appended: batch.rowCount - duplicates.count, duplicates: duplicates, first: first)
        guard !duplicates.isEmpty, reply.appended > 0 else { return (batch, reply) }
        var keep = Bitmap(count: batch.rowCount)
        var next = 0
        for row in 0..<batch.rowCount {
            if next < duplicates.count, duplicates[next].row == row { next += 1 } else { keep[row] = true }
        }
        return (batch.filtered(keep: keep), reply)
    }

    /// Encodes `batch`, stamped and with its offset, as the next frame, in a new segment when the current one is full, or was
    /// before the ids of this batch were taken in.
    private mutating func encode(
        _ batch: EventBatch, _ group: inout CommitGroup, _ durable: Offset, begins: Bool = false
    ) {
        let observed = batch.observed[batch.rowCount - 1]
        if let segment = point.segment, begins || isFull(adding: batch.rowCount, at: observed) {
            group.closes = SealJob(first: segment, end: point.next, keep: point.bytes, producers: producers)
            point.segment = nil
        }
        if point.segment == nil {
            group.begins = SegmentHeader(store: store, first: point.next, chainIn: point.chain, epoch: epoch)
            point.segment = point.next
            point.bytes = SegmentHeader.size
            point.rows = 0
            point.begun = observed
            ids.begin(at: point.next.value, group.addedIDs)
        }
        let context = FrameContext(
            store: store, epoch: epoch, segment: point.segment ?? point.next, previousHash: point.chain, durableUpTo: durable)
        group.bytes = FrameEncoder.encode(batch, context, appends: group.appends)
        point.chain = Self.hash(of: group.bytes, batch)
        point.bytes += group.bytes.count
        point.rows += batch.rowCount
        point.observed = max(point.observed, observed)
        point.next = Offset(point.next.value + UInt64(batch.rowCount))
        group.batch = batch
        group.end = point.next
    }

    /// Reads the header back, before it goes to disk.
    private static func hash(of frame: [UInt8], _ batch: EventBatch) -> UInt64 {
        guard let header = try? frame.withUnsafeBytes({ try FrameHeader(parsing: $0) }), header.frameSize == frame.count,
            header.firstOffset == batch.firstOffset, header.rowCount == batch.rowCount
        else { preconditionFailure("a frame of \(batch.rowCount) rows at offset \(batch.firstOffset) does not read back") }
        return header.hash
    }

    private func isFull(adding rows: Int, ids count: Int = 0, at observed: Int64) -> Bool {
        if point.rows == 0 { return false }
        let age = observed.subtractingReportingOverflow(point.begun ?? observed)
        return point.bytes >= options.segmentBytes || point.rows + rows > options.segmentRows || ids.isFull(adding: count)
            || age.overflow || age.partialValue >= options.segmentNanoseconds
    }

    /// Forgets groups that could not be written, the first of which is `groups[0]`.
    mutating func forget(_ groups: [CommitGroup]) {
        guard let first = groups.first else { return }
        for group in groups { ids.remove(group.addedIDs) }
        producers.forget(from: first.before.next)
        let observed = point.observed
        point = first.before
        // Append times handed out may have been seen; they do not go back.
        point.observed = max(point.observed, observed)
    }

    /// How many ids wait in memory for their segment to be sealed.
    var idCount: Int { ids.count }

    /// Leaves the current segment: the next frame begins a new one.
    mutating func abandonSegment() {
        point.segment = nil
    }

    /// Encodes the events of groups that could not be synced once more, in a new segment, with the same offsets.
    mutating func replan(_ groups: [CommitGroup], durable: Offset) -> [CommitGroup] {
        guard let first = groups.first else { return [] }
        let observed = point.observed
        point = first.before
        point.observed = max(point.observed, observed)
        abandonSegment()
        return groups.map { old in
            var group = CommitGroup(
                before: point, end: old.end, replies: old.replies, addedIDs: old.addedIDs, appends: old.appends)
            if let batch = old.batch { encode(batch, &group, durable) }
            ids.gather(group.addedIDs)
            return group
        }
    }
}
