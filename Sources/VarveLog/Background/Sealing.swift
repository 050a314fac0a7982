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
    let errors: BackgroundErrors

    /// Seals the segment and takes it into the manifest. Repeating it after a crash at any step ends the same way. Where a frame
    /// does not read back as it was written, its offsets are lost, and the rest is sealed.
    func seal(_ job: SealJob) throws {
        if try isDone(job) { return try ids.catchUp(to: job.end.value) }
        let store = keeper.manifest.store
        let path = paths.segment(job.first)
        guard try disk.kind(path) == .file else { return try lose(job, "\(path) is not there") }
        let bytes = try disk.openFile(path).readAll(limit: LogLimits.segmentBytes)
        let sound: (job: SealJob, summary: SegmentSummary)
        do {
            guard bytes.count >= job.keep else {
                throw LogError(.damaged, "\(path) has \(bytes.count) bytes, \(job.keep) were written")
            }
            sound = (job, try Self.summary(bytes, store, job))
        } catch let error where job.damaged.isEmpty && LogError(error).code == .damaged {
            guard let retired = retired(job, bytes, store) else { return try lose(job, LogError(error).message) }
            sound = (retired, try Self.summary(bytes, store, retired))
            errors.report(place(job), "\(LogError(error).message). The segment is sealed without \(Self.lost(retired))")
        }
        try write(sound.job, sound.summary, bytes)
    }

    private static func summary(_ bytes: [UInt8], _ store: StoreID, _ job: SealJob) throws -> SegmentSummary {
        try bytes.withUnsafeBytes { raw in
            try SegmentSummary(UnsafeRawBufferPointer(rebasing: raw[0..<job.keep]), store: store, job)
        }
    }

    /// Footer, run of ids, manifest, in this order.
    private func write(_ job: SealJob, _ summary: SegmentSummary, _ bytes: [UInt8]) throws {
        var summary = summary
        let path = paths.segment(job.first)
        let footer = summary.ending(at: job.keep)
        try keeper.exclusively {
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
                // Derived: what cannot be written is worked out from the frames.
                try disk.replace(paths.producers, with: ProducerFile.encode(producers, keeper.manifest.store, end: job.end))
                errors.settle("producers")
            } catch {
                errors.report("producers", "what is known of producers could not be written: \(LogError(error).message)")
            }
        }
        let record = summary.record(bytes: job.keep + footer.count, fileHash: hasher.finalize())
        try keeper.change { $0.add(record, job.damaged) }
        ids.publish(run, end: job.end.value)
    }

    /// Whether the segment is sealed already. An attempt that failed at its last step may have reached the manifest, and
    /// maintenance may have rewritten the segment since, or retention removed it.
    private func isDone(_ job: SealJob) throws -> Bool {
        if keeper.manifest.segments.contains(where: { $0.first == job.first }) { return true }
        var isDone = false
        try keeper.changeIf { found in
            isDone = found.segments.contains { $0.first == job.first } || job.end <= found.retained
            return isDone
        }
        if isDone { return true }
        let end = keeper.manifest.sealedEnd
        guard job.first >= end else {
            throw LogError(.internal, "segment \(job.first) is to be sealed, and the sealed ones end at \(end)")
        }
        return false
    }

    /// What the background is told of a segment.
    func place(_ job: SealJob) -> String { "seal " + StorePaths.name(of: paths.segment(job.first)) }

    /// The same job for a segment of which something cannot be read, as recovery would have it; nil when nothing is left of it.
    private func retired(_ job: SealJob, _ bytes: [UInt8], _ store: StoreID) -> SealJob? {
        let judged = SegmentJudgement(bytes, store: store, first: job.first, successor: job.end, watermark: job.end)
        guard judged.facts.isBorn, !judged.damaged.isEmpty else { return nil }
        var job = job
        job.keep = judged.keep
        job.mustCopy = true
        job.damaged = judged.damaged
        return job
    }

    /// Nothing of the segment is left: what stands in its place is set aside.
    private func lose(_ job: SealJob, _ why: String) throws {
        let path = paths.segment(job.first)
        try keeper.exclusively {
            if try disk.kind(path) != nil {
                try disk.rename(path, to: paths.quarantine + "/" + StorePaths.name(of: path) + ".unsealed")
            }
        }
        let offsets = job.first.value..<job.end.value
        try keeper.change { manifest in
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
        try keeper.exclusively { try disk.replace(paths.segment(first), with: bytes) }
        let run = try ids.stage(summary.takeIDs(), job.first.value..<job.end.value, chain: summary.footer.chainOut)
        let hash = bytes.withUnsafeBytes { SHA256Digest(of: $0) }
        let record = summary.record(bytes: bytes.count, fileHash: hash)
        try keeper.change { $0.add(record, []) }
        ids.publish(run, end: job.end.value)
    }
}

extension Manifest {
    mutating func add(_ record: SegmentRecord, _ faults: [SegmentFault]) {
        // Already there when an attempt failed after it had reached the disk.
        guard !segments.contains(where: { $0.first == record.first }) else { return }
        segments.append(record)
        // The latest, not the largest: a clock that was wrong is not held on to.
        if record.maxObserved > .min { observed = record.maxObserved }
        for fault in faults {
            damaged.append(
                DamageRecord(
                    segment: record.first, bytes: UInt64(fault.bytes.lowerBound)..<UInt64(fault.bytes.upperBound),
                    offsets: fault.offsets))
        }
    }
}
