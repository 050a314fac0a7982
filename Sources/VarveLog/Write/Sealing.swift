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
        let record = summary.record(bytes: job.keep + footer.count, fileHash: hasher.finalize())
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
        observed = max(observed, record.maxObserved)
        for fault in faults {
            damaged.append(
                DamageRecord(
                    segment: record.first, bytes: UInt64(fault.bytes.lowerBound)..<UInt64(fault.bytes.upperBound),
                    offsets: fault.offsets))
        }
    }
}
