// Plans commit groups: removes duplicates from waiting batches, merges small batches, stamps append times, assigns offsets and
// encodes one frame. Deterministic except for the clock; does no disk writes, which are the appender's.

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
    private var merge = GroupMerge()

    init(_ recovered: Recovered, _ options: LogOptions) {
        point = recovered.point
        ids = recovered.ids
        producers = recovered.producers
        store = recovered.manifestStore.manifest.store
        epoch = recovered.report.epoch
        self.options = options
    }

    /// Makes a group of batches from the front of `waiting`, at least one. The caller then drops `replies.count` batches.
    /// `durable` is recorded in the frame.
    mutating func plan(_ waiting: ArraySlice<StampedBatch>, durable: Offset) -> CommitGroup {
        var group = CommitGroup(before: point, end: point.next)
        ids.refresh()
        let clock = AppendClock(now: options.clock().nanoseconds, previous: point.observed)
        let some = waiting.prefix(mayFit(waiting))
        let begins = point.segment == nil || isFull(adding: 1, ids: idCount(some), at: point.observed)
        if begins { ids.expectSegment() }
        var next = point.next.value
        for waiting in some {
            var reply: CommitGroup.Reply
            if let known = waiting.stamp.flatMap({ answered($0, at: next) }) ?? refused(waiting.batch, clock, at: next) {
                reply = known
            } else {
                let count = group.addedIDs.count
                let batch: EventBatch
                (batch, reply) = withoutDuplicates(waiting.batch, first: next, &group.addedIDs)
                if reply.appended > 0 {
                    guard merge.add(keepsObserved(batch) ? batch : batch.withoutObserved) else {
                        // It becomes the first batch of the next group, where its ids are new again.
                        ids.remove(Array(group.addedIDs[count...]))
                        group.addedIDs.removeLast(group.addedIDs.count - count)
                        break
                    }
                    let entry = AppendEntry(waiting.stamp, rows: reply.appended)
                    group.appends.append(entry)
                    producers.add(entry, next..<(next + UInt64(reply.appended)))
                    next += UInt64(reply.appended)
                }
            }
            reply.durability = waiting.durability
            group.replies.append(reply)
        }
        if group.appends.allSatisfy({ $0.producer == 0 }) { group.appends = [] }
        guard var batch = merge.take() else { return group }
        batch.firstOffset = point.next
        batch.offsets = nil
        batch.observed = clock.stamps(batch)
        group.clockFault = clock.fault
        encode(batch, &group, durable, begins: begins)
        return group
    }

    /// How many of the first batches may fit one frame, by rows and bytes; at least one. The merge makes the final decision.
    private func mayFit(_ waiting: ArraySlice<StampedBatch>) -> Int {
        var (rows, bytes, count) = (0, 0, 0)
        for waiting in waiting {
            rows += waiting.batch.rowCount
            bytes += waiting.batch.approximateBytes
            if count > 0, rows > EventLimits.rowsPerBatch || bytes > EventLimits.bytesPerBatch { break }
            if count > 0, waiting.batch.rowCount >= LogLimits.rowsWorthAFrame { break }
            count += 1
            if waiting.batch.rowCount >= LogLimits.rowsWorthAFrame { break }
        }
        return count
    }

    /// Whether to keep the append times that the batch brings.
    private func keepsObserved(_ batch: EventBatch) -> Bool {
        options.keepsObserved && batch.observed.count == batch.rowCount
    }

    /// A refusal for a batch with append times in the future; nil for others.
    private func refused(_ batch: EventBatch, _ clock: AppendClock, at next: UInt64) -> CommitGroup.Reply? {
        guard keepsObserved(batch), let refusal = clock.refusal(batch.observed) else { return nil }
        return CommitGroup.Reply(appended: 0, duplicates: [], first: next, refusal: refusal)
    }

    /// The number of ids in the batches; 0 when there is certainly room for one id per row.
    private func idCount(_ batches: ArraySlice<StampedBatch>) -> Int {
        guard ids.isFull(adding: batches.reduce(0) { $0 + $1.batch.rowCount }) else { return 0 }
        return batches.reduce(0) { $0 + ($1.batch.column(.id)?.values.count ?? 0) }
    }

    /// The reply to a stamped append that must not be made, because it is a retry or its producer was replaced; nil for a new
    /// one.
    private func answered(_ stamp: ProducerStamp, at next: UInt64) -> CommitGroup.Reply? {
        var reply = CommitGroup.Reply(appended: 0, duplicates: [], first: next)
        switch producers.answer(stamp) {
        case .new: return nil
        case .retry(let offsets): reply.retried = offsets
        case .fenced(let epoch):
            reply.refusal = LogError(
                .producerFenced,
                "producer \(stamp.producer) appends in epoch \(stamp.epoch) but was replaced in epoch \(epoch)")
        case .unknown(let latest):
            reply.refusal = LogError(
                .producerSequence,
                "append \(stamp.sequence) of producer \(stamp.producer) is older than its latest, \(latest), and not among its "
                    + "last \(ProducerTable.remembered); start a new epoch")
        }
        return reply
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

    /// Encodes `batch`, stamped and with offsets, as the next frame. Starts a new segment if `begins` is set or the current one
    /// is full.
    private mutating func encode(
        _ batch: EventBatch, _ group: inout CommitGroup, _ durable: Offset, begins: Bool = false
    ) {
        let observed = batch.observed[batch.rowCount - 1]
        // If append times go back, start a segment, so that they never go back within one.
        if let segment = point.segment, begins || observed < point.observed || isFull(adding: batch.rowCount, at: observed) {
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
        point.observed = observed
        point.next = Offset(point.next.value + UInt64(batch.rowCount))
        group.batch = batch
        group.end = point.next
    }

    /// Parses the header again before the frame is written, and returns its hash.
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

    /// Undoes groups that could not be written; `groups[0]` is the first of them.
    mutating func forget(_ groups: [CommitGroup]) {
        guard let first = groups.first else { return }
        for group in groups { ids.remove(group.addedIDs) }
        producers.forget(from: first.before.next)
        let observed = point.observed
        point = first.before
        // Keep the append time: it may already have been seen by callers.
        point.observed = observed
    }

    /// The number of ids in memory that wait for their segments to be sealed.
    var idCount: Int { ids.count }

    /// Gives up the current segment; the next frame starts a new one.
    mutating func abandonSegment() {
        point.segment = nil
    }

    /// Encodes groups again after a failed sync, into a new segment, with the same offsets.
    mutating func replan(_ groups: [CommitGroup], durable: Offset) -> [CommitGroup] {
        guard let first = groups.first else { return [] }
        point = first.before
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
