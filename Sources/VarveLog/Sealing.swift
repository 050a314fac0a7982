// Sealing: a segment that gets no more frames is read back, hashed, and ended with a footer. What was written is thereby decoded
// once more before it is called sealed.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

/// A segment to be sealed.
struct SealJob: Sendable {
    var first: Offset
    /// Where its successor begins.
    var end: Offset
    /// How many bytes of the file stay: header, frames, and damage below the watermark.
    var keep: Int
    /// Write the file anew: its tail is not to be trusted, or is to go.
    var mustCopy = false
    var damaged: [SegmentFault] = []
    /// What is known of producers, up to `end` at least.
    var producers: ProducerTable?
}

/// What sealing needs to know of the store.
struct Sealer: Sendable {
    let disk: any Disk
    let paths: StorePaths
    let keeper: ManifestKeeper
    let ids: IDIndex

    /// Seals the segment and takes it into the manifest. Repeating it after a crash at any step ends the same way.
    func seal(_ job: SealJob) throws {
        let manifest = keeper.manifest
        if manifest.segments.contains(where: { $0.first == job.first }) { return try ids.catchUp(to: job.end.value) }
        // An attempt that failed at its last step may have reached the manifest, and maintenance may have rewritten the segment
        // since.
        var isListed = false
        try keeper.changeIf { found in
            isListed = found.segments.contains { $0.first == job.first }
            return isListed
        }
        if isListed { return try ids.catchUp(to: job.end.value) }
        precondition(job.first >= manifest.sealedEnd, "segment \(job.first) is sealed after \(manifest.sealedEnd)")
        let store = manifest.store
        let path = paths.segment(job.first)
        let bytes = try disk.openFile(path).readAll(limit: LogLimits.segmentBytes)
        guard bytes.count >= job.keep else {
            throw LogError(.damaged, "\(path) has \(bytes.count) bytes, \(job.keep) were written")
        }
        var summary = try bytes.withUnsafeBytes { raw in
            try SegmentSummary(UnsafeRawBufferPointer(rebasing: raw[0..<job.keep]), store: store, job)
        }
        let footer = summary.ending(at: job.keep)
        if job.mustCopy || bytes.count != job.keep {
            try disk.replace(path, with: bytes[0..<job.keep] + footer)
        } else {
            let file = try disk.openFile(path, .readWrite)
            try file.write(footer, at: UInt64(job.keep))
            try file.syncData()
        }
        var hasher = SHA256Hasher()
        bytes.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[0..<job.keep])) }
        hasher.update(footer)
        let run = try ids.stage(summary.takeIDs(), job.first.value..<job.end.value, chain: summary.footer.chainOut)
        if var producers = job.producers {
            producers.forget(from: job.end)
            // Derived: what cannot be written is worked out from the frames.
            try? disk.replace(paths.producers, with: ProducerFile.encode(producers, store, end: job.end))
        }
        let record = summary.record(job, bytes: job.keep + footer.count, fileHash: hasher.finalize())
        try keeper.change { $0.add(record, job.damaged) }
        ids.publish(run, end: job.end.value)
    }

    /// A segment that has its footer and is missing in the manifest only.
    func adopt(_ first: Offset, _ bytes: [UInt8], _ footer: SegmentFooter) throws {
        let store = keeper.manifest.store
        let keep = Int(footer.framesEnd)
        let job = SealJob(first: first, end: footer.end, keep: keep)
        var summary = try bytes.withUnsafeBytes { raw in
            try SegmentSummary(UnsafeRawBufferPointer(rebasing: raw[0..<keep]), store: store, job)
        }
        summary.footer.chainOut = footer.chainOut
        summary.footer.revision = footer.revision
        // Anew, not only synced: an earlier process may have tried to sync the footer and failed, and then the kernel calls the
        // pages clean although the disk does not have them.
        try disk.replace(paths.segment(first), with: bytes)
        let run = try ids.stage(summary.takeIDs(), job.first.value..<job.end.value, chain: summary.footer.chainOut)
        let hash = bytes.withUnsafeBytes { SHA256Digest(of: $0) }
        let record = summary.record(job, bytes: bytes.count, fileHash: hash)
        try keeper.change { $0.add(record, []) }
        ids.publish(run, end: job.end.value)
    }
}

extension Manifest {
    mutating func add(_ record: SegmentRecord, _ faults: [SegmentFault]) {
        // Already there when an attempt failed after it had reached the disk.
        guard !segments.contains(where: { $0.first == record.first }) else { return }
        segments.append(record)
        observed = max(observed, record.maxObserved)
        for fault in faults {
            damaged.append(
                DamageRecord(
                    segment: record.first, bytes: UInt64(fault.bytes.lowerBound)..<UInt64(fault.bytes.upperBound),
                    offsets: fault.offsets))
        }
    }
}

/// Everything a footer and a manifest say about a segment, from its bytes.
struct SegmentSummary {
    var footer: SegmentFooter
    private var ids: [IDEntry] = []
    private var members = MemberBuilder()

    /// `raw` is the file without footer. Frames that are listed as damaged are left out; any other fault is an error.
    init(_ raw: UnsafeRawBufferPointer, store: StoreID, _ job: SealJob) throws {
        let walk = SegmentWalk(raw, store: store, first: job.first, limit: job.end)
        if job.damaged.isEmpty {
            guard walk.faults.isEmpty, walk.end == job.end, walk.tail.isEmpty, walk.header != nil else {
                throw LogError(
                    .damaged, "segment \(job.first) does not read back as it was written: \(walk.tailReason)")
            }
        }
        var hasher = ContentHasher(first: job.first)
        var frameSignals: [[String]] = []
        for frame in walk.frames {
            let bytes = UnsafeRawBufferPointer(rebasing: raw[frame.range])
            let batch = try FrameDecoder.decode(bytes, frame.header, select: .all)
            hasher.add(batch)
            members.add(batch)
            frameSignals.append(batch.groups.map(\.signal))
            for (row, hash) in BatchIDs(batch).rows { ids.append(IDEntry(hash: hash, offset: batch.offset(ofRow: row).value)) }
        }
        let signals = Set(frameSignals.joined()).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        footer = SegmentFooter(
            first: job.first, end: job.end, chainIn: walk.header?.chainIn ?? 0, chainOut: walk.chain ?? 0,
            contentHash: hasher.finalize(end: job.end), ids: UInt64(ids.count), flags: job.damaged.isEmpty ? 0 : 1,
            frames: walk.frames.map { FrameEntry($0.header, at: UInt64($0.position)) }, signals: signals,
            signalBits: Self.bits(frameSignals, signals))
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

    func record(_ job: SealJob, bytes: Int, fileHash: SHA256Digest) -> SegmentRecord {
        SegmentRecord(
            first: job.first, end: job.end, bytes: UInt64(bytes), rows: footer.rows,
            minTime: footer.frames.map(\.minTime).min() ?? 0, maxTime: footer.frames.map(\.maxTime).max() ?? 0,
            minObserved: footer.frames.map(\.minObserved).min() ?? .min,
            maxObserved: footer.frames.map(\.maxObserved).max() ?? .min, chainIn: footer.chainIn,
            chainOut: footer.chainOut, ids: footer.ids, flags: UInt64(footer.flags), revision: footer.revision,
            fileHash: fileHash, contentHash: footer.contentHash)
    }
}
