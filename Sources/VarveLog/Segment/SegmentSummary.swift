// What a footer and a manifest say about a segment, gathered frame by frame.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

/// Takes the frames of a segment in, one after the other. Of each it keeps what the footer needs, and the hashes of its ids.
struct SummaryBuilder {
    private let first: Offset
    private var hasher: ContentHasher
    private var frames: [FrameEntry] = []
    private var frameSignals: [[String]] = []
    private var members = MemberBuilder()
    private var ids: [IDEntry] = []
    private var idCount: UInt64 = 0
    private let keepsIDs: Bool
    /// Rows of the whole segment, as far as that is known.
    private let expectedRows: Int

    init(first: Offset, keepsIDs: Bool, expectedRows: Int = 0) {
        self.first = first
        self.keepsIDs = keepsIDs
        self.expectedRows = expectedRows
        hasher = ContentHasher(first: first)
    }

    /// Adds the next frame, which stands at byte `position`, decoded whole.
    mutating func add(_ batch: EventBatch, _ header: FrameHeader, at position: Int) {
        hasher.add(batch)
        members.add(batch)
        frames.append(FrameEntry(header, at: UInt64(position)))
        frameSignals.append(batch.groups.map(\.signal))
        let count = batch.column(.id)?.values.count ?? 0
        idCount += UInt64(count)
        guard keepsIDs, count > 0 else { return }
        // Memory at once: growing would take and move half as much again.
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

/// Everything a footer and a manifest say about a segment.
struct SegmentSummary {
    var footer: SegmentFooter
    private var ids: [IDEntry]
    private let members: MemberBuilder

    fileprivate init(footer: SegmentFooter, ids: [IDEntry], members: MemberBuilder) {
        self.footer = footer
        self.ids = ids
        self.members = members
    }

    /// `raw` is the file without footer. Frames that are listed as damaged are left out; any other fault is an error.
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

    /// The ids, which are many: the caller becomes their only owner.
    mutating func takeIDs() -> [IDEntry] {
        defer { ids = [] }
        return ids
    }

    /// Filters and footer, as they stand behind the first `keep` bytes of the file.
    mutating func ending(at keep: Int) -> [UInt8] {
        let (filters, sections) = members.encoded(at: keep)
        footer.members = sections
        return filters + footer.encoded()
    }

    func record(bytes: Int, fileHash: SHA256Digest) -> SegmentRecord { footer.record(bytes: bytes, fileHash: fileHash) }
}

extension SegmentFooter {
    /// What the manifest keeps of the segment that ends with this footer.
    func record(bytes: Int, fileHash: SHA256Digest) -> SegmentRecord {
        SegmentRecord(
            first: first, end: end, bytes: UInt64(bytes), rows: rows, minTime: frames.map(\.minTime).min() ?? 0,
            maxTime: frames.map(\.maxTime).max() ?? 0, minObserved: frames.map(\.minObserved).min() ?? .min,
            maxObserved: frames.map(\.maxObserved).max() ?? .min, chainIn: chainIn, chainOut: chainOut, ids: ids,
            flags: UInt64(flags), revision: revision, fileHash: fileHash, contentHash: contentHash)
    }
}
