// Sealing: a segment that gets no more frames is read back, hashed and given a footer. Every frame is thus decoded once more
// before the segment counts as sealed.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

/// A segment to be sealed.
struct SealJob: Sendable {
    var first: Offset
    /// The first offset of the next segment.
    var end: Offset
    /// How many bytes of the file to keep: header, frames, and damaged frames below the watermark.
    var keep: Int
    /// Write a new copy of the file, because its tail must be cut or cannot be trusted.
    var mustCopy = false
    var damaged: [SegmentFault] = []
    /// The producer table, up to `end` at least.
    var producers: ProducerTable?
}

/// Seals segments, given the parts of the store that this needs.
struct Sealer: Sendable {
    let disk: any Disk
    let paths: StorePaths
    let manifestStore: ManifestStore
    let ids: IDIndex
    let errors: BackgroundErrors

    /// Seals the segment and adds it to the manifest. Idempotent: after a crash at any step, sealing again gives the same
    /// result. If a frame does not read back as it was written, its offsets are recorded as lost and the rest is sealed.
    func seal(_ job: SealJob) throws {
        if try isDone(job) { return try ids.catchUp(to: job.end.value) }
        let store = manifestStore.manifest.store
        let path = paths.segment(job.first)
        guard try disk.kind(path) == .file else { return try lose(job, "\(path) is missing") }
        let bytes = try disk.openFile(path).readAll(limit: LogLimits.segmentBytes)
        let intact: (job: SealJob, summary: SegmentSummary)
        do {
            guard bytes.count >= job.keep else {
                throw LogError(.damaged, "\(path) has \(bytes.count) bytes, \(job.keep) were written")
            }
            intact = (job, try Self.summary(bytes, store, job))
        } catch let error where job.damaged.isEmpty && LogError(error).code == .damaged {
            guard let retired = retired(job, bytes, store) else { return try lose(job, LogError(error).message) }
            intact = (retired, try Self.summary(bytes, store, retired))
            errors.report(place(job), "\(LogError(error).message). The segment is sealed without \(Self.lost(retired))")
        }
        try write(intact.job, intact.summary, bytes)
    }

    private static func summary(_ bytes: [UInt8], _ store: StoreID, _ job: SealJob) throws -> SegmentSummary {
        try bytes.withUnsafeBytes { raw in
            try SegmentSummary(UnsafeRawBufferPointer(rebasing: raw[0..<job.keep]), store: store, job)
        }
    }

    /// Writes the footer, then the run of ids, then the manifest.
    private func write(_ job: SealJob, _ summary: SegmentSummary, _ bytes: [UInt8]) throws {
        var summary = summary
        let path = paths.segment(job.first)
        let footer = summary.ending(at: job.keep)
        try manifestStore.exclusively {
            if job.mustCopy || bytes.count != job.keep {
                try disk.replace(path, with: bytes[0..<job.keep] + footer)
            } else {
                let file = try disk.openFile(path, .readWrite)
                try file.write(footer, at: UInt64(job.keep))
                try file.syncData()
            }
        }
        var hasher = SHA256Hasher()
        bytes.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[0..<job.keep])) }
        hasher.update(footer)
        let run = try ids.stage(summary.takeIDs(), job.first.value..<job.end.value, chain: summary.footer.chainOut)
        if var producers = job.producers {
            producers.forget(from: job.end)
            do {
                // The file is derived: if it cannot be written, the table is rebuilt from the frames.
                let table = ProducerFile.encode(producers, manifestStore.manifest.store, end: job.end)
                try disk.replace(paths.producers, with: table)
                errors.resolve("producers")
            } catch {
                errors.report("producers", "the producer table could not be written: \(LogError(error).message)")
            }
        }
        let record = summary.record(bytes: job.keep + footer.count, fileHash: hasher.finalize())
        try manifestStore.change { $0.add(record, job.damaged) }
        ids.publish(run, end: job.end.value)
    }

    /// Whether the segment is sealed already. An earlier attempt that failed at its last step may still have updated the
    /// manifest; since then maintenance may have rewritten the segment, or retention may have removed it.
    private func isDone(_ job: SealJob) throws -> Bool {
        if manifestStore.manifest.segments.contains(where: { $0.first == job.first }) { return true }
        var isDone = false
        try manifestStore.changeIf { found in
            isDone = found.segments.contains { $0.first == job.first } || job.end <= found.retained
            return isDone
        }
        if isDone { return true }
        let end = manifestStore.manifest.sealedEnd
        guard job.first >= end else {
            throw LogError(.internal, "segment \(job.first) is to be sealed, but the sealed segments end at \(end)")
        }
        return false
    }

    /// The place under which errors of sealing this segment are reported.
    func place(_ job: SealJob) -> String { "seal " + StorePaths.name(of: paths.segment(job.first)) }

    /// The job reduced to what recovery would keep of the segment; nil when no frame can be kept.
    private func retired(_ job: SealJob, _ bytes: [UInt8], _ store: StoreID) -> SealJob? {
        let assessment = SegmentAssessment(bytes, store: store, first: job.first, successor: job.end, watermark: job.end)
        guard assessment.facts.hasContent, !assessment.damaged.isEmpty else { return nil }
        var job = job
        job.keep = assessment.keep
        job.mustCopy = true
        job.damaged = assessment.damaged
        return job
    }

    /// Records all offsets of the segment as lost and moves the file, if there is one, to quarantine.
    private func lose(_ job: SealJob, _ why: String) throws {
        let path = paths.segment(job.first)
        try manifestStore.exclusively {
            if try disk.kind(path) != nil {
                try disk.rename(path, to: paths.quarantine + "/" + StorePaths.name(of: path) + ".unsealed")
            }
        }
        let offsets = job.first.value..<job.end.value
        try manifestStore.change { manifest in
            if manifest.damaged.contains(where: { $0.offsets == offsets }) { return }
            manifest.damaged.append(DamageRecord(segment: job.first, bytes: 0..<0, offsets: offsets))
        }
        errors.report(place(job), "\(why). Offsets \(offsets.lowerBound) ..< \(offsets.upperBound) are lost")
        ids.publish(nil, end: job.end.value)
    }

    private static func lost(_ job: SealJob) -> String {
        let lost = job.damaged.map(\.offsets).filter { !$0.isEmpty }
        return lost.isEmpty ? "loss" : "offsets " + lost.map { "\($0.lowerBound) ..< \($0.upperBound)" }.joined(separator: ", ")
    }

    /// Adds a segment to the manifest that has its footer but is missing there.
    func adopt(_ first: Offset, _ bytes: [UInt8], _ footer: SegmentFooter) throws {
        let store = manifestStore.manifest.store
        let keep = Int(footer.framesEnd)
        let job = SealJob(first: first, end: footer.end, keep: keep)
        var summary = try bytes.withUnsafeBytes { raw in
            try SegmentSummary(UnsafeRawBufferPointer(rebasing: raw[0..<keep]), store: store, job)
        }
        summary.footer.chainOut = footer.chainOut
        summary.footer.revision = footer.revision
        // Write the file again instead of only syncing it: if an earlier process failed to sync the footer, the kernel may have
        // marked the pages clean although they never reached the disk.
        try manifestStore.exclusively { try disk.replace(paths.segment(first), with: bytes) }
        let run = try ids.stage(summary.takeIDs(), job.first.value..<job.end.value, chain: summary.footer.chainOut)
        let hash = bytes.withUnsafeBytes { SHA256Digest(of: $0) }
        let record = summary.record(bytes: bytes.count, fileHash: hash)
        try manifestStore.change { $0.add(record, []) }
        ids.publish(run, end: job.end.value)
    }
}

extension Manifest {
    mutating func add(_ record: SegmentRecord, _ faults: [SegmentFault]) {
        // Already present when an earlier attempt failed after its manifest had reached the disk.
        guard !segments.contains(where: { $0.first == record.first }) else { return }
        segments.append(record)
        // Take the latest value, not the largest, so that one wrong clock reading does not persist.
        if record.maxObserved > .min { observed = record.maxObserved }
        for fault in faults {
            damaged.append(
                DamageRecord(
                    segment: record.first, bytes: UInt64(fault.bytes.lowerBound)..<UInt64(fault.bytes.upperBound),
                    offsets: fault.offsets))
        }
    }
}
