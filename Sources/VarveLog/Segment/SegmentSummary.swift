// Collects what footer and manifest record about a segment, frame by frame.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

/// Takes the frames of a segment one after the other and keeps what the footer needs, and the id hashes.
struct SummaryBuilder {
    private let first: Offset
    private var hasher: ContentHasher
    private var frames: [FrameEntry] = []
    private var frameSignals: [[String]] = []
    private var members = MemberBuilder()
    private var ids: [IDEntry] = []
    private var idCount: UInt64 = 0
    private let keepsIDs: Bool
    /// The rows of the whole segment, if known; 0 otherwise.
    private let expectedRows: Int

    init(first: Offset, keepsIDs: Bool, expectedRows: Int = 0) {
        self.first = first
        self.keepsIDs = keepsIDs
        self.expectedRows = expectedRows
        hasher = ContentHasher(first: first)
    }

    /// Adds the next frame at byte `position`; `batch` is the whole decoded frame.
    mutating func add(_ batch: EventBatch, _ header: FrameHeader, at position: Int) {
        hasher.add(batch)
        members.add(batch)
        frames.append(FrameEntry(header, at: UInt64(position)))
        frameSignals.append(batch.groups.map(\.signal))
        let count = batch.column(.id)?.values.count ?? 0
        idCount += UInt64(count)
        guard keepsIDs, count > 0 else { return }
        // Reserve everything at once: growing would use and move half as much memory again.
        if ids.isEmpty { ids.reserveCapacity(expectedRows) }
        ids += BatchIDs(batch).entries(batch)
    }

    consuming func finish(end: Offset, chainIn: UInt64, chainOut: UInt64, flags: UInt32 = 0) -> SegmentSummary {
        let signals = Set(frameSignals.joined()).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let footer = SegmentFooter(
            first: first, end: end, chainIn: chainIn, chainOut: chainOut, contentHash: hasher.finalize(end: end), ids: idCount,
            flags: flags, frames: frames, signals: signals, signalBits: Self.bits(frameSignals, signals))
        return SegmentSummary(footer: footer, ids: ids, members: members)
    }

    private static func bits(_ frames: [[String]], _ signals: [String]) -> [UInt64] {
        let number = Dictionary(uniqueKeysWithValues: signals.enumerated().map { ($1, $0) })
        let words = (signals.count + 63) / 64
        var bits = [UInt64](repeating: 0, count: frames.count * words)
        for (frame, names) in frames.enumerated() {
            for name in names {
                guard let signal = number[name] else { continue }
                bits[frame * words + signal / 64] |= 1 << UInt64(signal % 64)
            }
        }
        return bits
    }
}

/// What footer and manifest record about a segment.
struct SegmentSummary {
    var footer: SegmentFooter
    private var ids: [IDEntry]
    private let members: MemberBuilder

    fileprivate init(footer: SegmentFooter, ids: [IDEntry], members: MemberBuilder) {
        self.footer = footer
        self.ids = ids
        self.members = members
    }

    /// Summarizes `raw`, a segment file without footer. Frames that the job lists as damaged are left out; any other fault is
    /// an error.
    init(_ raw: UnsafeRawBufferPointer, store: StoreID, _ job: SealJob) throws {
        let walk = SegmentWalk(raw, store: store, first: job.first, limit: job.end)
        if job.damaged.isEmpty {
            guard walk.faults.isEmpty, walk.end == job.end, walk.tail.isEmpty, walk.header != nil else {
                throw LogError(
                    .damaged, "segment \(job.first) does not read back as it was written: \(walk.tailReason)")
            }
        }
        let rows = walk.frames.reduce(0) { $0 + $1.header.rowCount }
        var builder = SummaryBuilder(first: job.first, keepsIDs: true, expectedRows: rows)
        for frame in walk.frames {
            let bytes = UnsafeRawBufferPointer(rebasing: raw[frame.range])
            builder.add(try FrameDecoder.decode(bytes, frame.header, select: .all), frame.header, at: frame.position)
        }
        self = builder.finish(
            end: job.end, chainIn: walk.chainIn ?? 0, chainOut: walk.chain ?? 0, flags: job.damaged.isEmpty ? 0 : 1)
    }

    /// Moves the ids out, so that the caller has the only reference to this large array.
    mutating func takeIDs() -> [IDEntry] {
        defer { ids = [] }
        return ids
    }

    /// The filters and the footer that follow the first `keep` bytes of the file.
    mutating func ending(at keep: Int) -> [UInt8] {
        let (filters, sections) = members.encoded(at: keep)
        footer.members = sections
        return filters + footer.encoded()
    }

    func record(bytes: Int, fileHash: SHA256Digest) -> SegmentRecord { footer.record(bytes: bytes, fileHash: fileHash) }
}

extension SegmentFooter {
    /// The manifest's record of the segment with this footer.
    func record(bytes: Int, fileHash: SHA256Digest) -> SegmentRecord {
        SegmentRecord(
            first: first, end: end, bytes: UInt64(bytes), rows: rows, minTime: frames.map(\.minTime).min() ?? 0,
            maxTime: frames.map(\.maxTime).max() ?? 0, minObserved: frames.map(\.minObserved).min() ?? .min,
            maxObserved: frames.map(\.maxObserved).max() ?? .min, chainIn: chainIn, chainOut: chainOut, ids: ids,
            flags: UInt64(flags), revision: revision, fileHash: fileHash, contentHash: contentHash)
    }
}
