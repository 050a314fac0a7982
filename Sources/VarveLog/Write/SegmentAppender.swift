// From bytes to durable bytes: the active segment's file, the sync, the watermark. Four words, one invariant:
// durable <= settled <= written. Settled is what may have been acknowledged: what is durable, and at level `interval` what was
// written.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

/// Why a commit did not happen, by what it says about the segment.
enum CommitFailure: Error {
    /// Bytes could not be written. The file was cut back to its settled end.
    case notWritten(LogError)
    /// The segment is not to be trusted above its durable end: a sync failed, or cutting back did.
    case segmentLost(LogError)
    /// Somebody else writes the log, or the watermark cannot be published. This writer is at its end.
    case fatal(LogError)

    var error: LogError {
        switch self {
        case .notWritten(let error), .segmentLost(let error), .fatal(let error): error
        }
    }
}

struct SegmentAppender {
    private let disk: any Disk
    private let paths: StorePaths
    private let epoch: UInt32
    private let keeper: ManifestKeeper
    private var active: Active?
    private var watermark: WatermarkFile
    /// One past the last offset whose sync succeeded.
    private(set) var durable: Offset
    /// One past the last offset written.
    private(set) var written: Offset
    /// One past the last offset of a commit that has succeeded. Above it nothing is acknowledged, below it nothing is cut.
    private var settled: Offset

    /// The file that is being appended to.
    private struct Active {
        var file: DiskFile
        var first: Offset
        /// Where the next frame goes.
        var position: Int
        /// Where the last durable one ends.
        var durablePosition: Int
        /// Where the last settled one ends.
        var settledPosition: Int

        init(_ file: DiskFile, _ first: Offset, at position: Int) {
            self.file = file
            self.first = first
            self.position = position
            durablePosition = position
            settledPosition = position
        }
    }

    init(_ recovered: Recovered, _ disk: any Disk, _ paths: StorePaths) throws {
        self.disk = disk
        self.paths = paths
        keeper = recovered.keeper
        epoch = recovered.report.epoch
        durable = recovered.durable
        written = recovered.durable
        settled = recovered.durable
        if let first = recovered.point.segment {
            let position = recovered.point.bytes
            let file = try disk.openFile(paths.segment(first), .readWrite)
            active = Active(file, first, at: position)
        }
        watermark = recovered.watermark
        try publish(durable)
        try watermark.sync()
    }

    /// Writes the groups in order and, when `syncs` is set, syncs once. On return all of them are written, or durable and
    /// published; `sealable` gets the segments that have thereby ended, which are durable in any case.
    mutating func commit(
        _ groups: [CommitGroup], syncs: Bool = true, _ sealable: (SealJob) throws -> Void
    ) throws(CommitFailure) {
        let begun = groups.contains { !$0.bytes.isEmpty }
        // Not after the first byte: what a later writer has acknowledged may stand there.
        if begun { try checkFence() }
        for group in groups where !group.bytes.isEmpty {
            if let header = group.begins {
                try sync()
                try begin(header)
                if let job = group.closes {
                    // So that it lags by a segment at most; that it does not lag at all is not promised.
                    try? watermark.sync()
                    try Self.publishing { try sealable(job) }
                }
            }
            try write(group)
        }
        if syncs { try sync() }
        // Written, and not yet acknowledged: a writer that opened the log before has not read these bytes.
        if begun, written > durable {
            do throws(CommitFailure) { try checkFence() } catch {
                if case .notWritten(let cause) = error { try cutBack(cause) }
                throw error
            }
        }
        settled = written
        if let position = active?.position { active?.settledPosition = position }
    }

    /// A disk that does not answer is no later writer.
    private func checkFence() throws(CommitFailure) {
        do { try watermark.check() } catch {
            let error = LogError(error)
            throw error.code == .fenced ? .fatal(error) : .notWritten(error)
        }
    }

    private mutating func begin(_ header: SegmentHeader) throws(CommitFailure) {
        let path = paths.segment(header.first)
        do {
            let file = try keeper.exclusively {
                // What stands there is the rest of an attempt that failed. What of it was acknowledged, at level `interval`,
                // comes again from memory: the rest is set aside, not removed, for the case that the process does not live to
                // write it.
                if try disk.kind(path) != nil { try disk.rename(path, to: leftover(header.first)) }
                let file = try disk.create(path)
                try file.write(header.encoded(), at: 0)
                try file.syncData()
                return file
            }
            active = Active(file, header.first, at: SegmentHeader.size)
        } catch {
            active = nil
            let error = LogError(error)
            throw error.code == .fenced ? .fatal(error) : .segmentLost(error)
        }
    }

    private func leftover(_ first: Offset) -> String {
        paths.torn + "/" + StorePaths.name(of: paths.segment(first)) + ".failed.\(epoch)"
    }

    private mutating func write(_ group: CommitGroup) throws(CommitFailure) {
        guard let open = active else {
            throw .segmentLost(LogError(.inputOutput, "no segment is open at offset \(durable)"))
        }
        do {
            try open.file.write(group.bytes, at: UInt64(open.position))
            active?.position += group.bytes.count
            written = group.end
        } catch {
            try cutBack(LogError(error))
        }
    }

    /// After a failed write: back to the settled end, so that no half frame is followed by others.
    private mutating func cutBack(_ cause: LogError) throws(CommitFailure) {
        guard var open = active else { throw .segmentLost(cause) }
        do {
            try open.file.truncate(to: UInt64(open.settledPosition))
        } catch {
            distrust()
            throw .segmentLost(cause)
        }
        written = settled
        open.position = open.settledPosition
        active = open
        throw .notWritten(cause)
    }

    /// Nothing above the durable end counts any more.
    private mutating func distrust() {
        active = nil
        written = durable
        settled = durable
    }

    /// Makes everything written durable and publishes it.
    private mutating func sync() throws(CommitFailure) {
        guard let open = active, open.position > open.durablePosition else { return }
        do {
            try open.file.syncData()
        } catch {
            // Never repeated: the kernel may have dropped the pages and would now report success.
            distrust()
            throw .segmentLost(LogError(error))
        }
        try Self.publishing {
            // A write, other than a sync, may be repeated.
            do { try publish(written) } catch is DiskError { try publish(written) }
        }
        active?.durablePosition = open.position
        active?.settledPosition = open.position
        advance(to: written)
    }

    private mutating func advance(to offset: Offset) {
        precondition(durable <= offset && offset <= written, "durable \(durable) to \(offset) with \(written) written")
        durable = offset
        settled = max(settled, offset)
    }

    /// Writes the watermark, unless a later writer has: then nothing of ours is acknowledged any more.
    private mutating func publish(_ durable: Offset) throws {
        try watermark.publish(Watermark(epoch: epoch, segment: active?.first ?? durable, durable: durable))
    }

    private static func publishing(_ body: () throws -> Void) throws(CommitFailure) {
        do { try body() } catch { throw .fatal(LogError(error)) }
    }

    /// The segment above whose durable end nothing is trusted any more, as a job for the sealer: its durable part is written
    /// anew.
    func salvage(_ point: PlanPoint) -> SealJob? {
        guard let first = point.segment, first < point.next else { return nil }
        return SealJob(first: first, end: point.next, keep: point.bytes, mustCopy: true)
    }

    /// Syncs the watermark: the last act of a clean stop.
    mutating func finish() throws {
        try publish(durable)
        try watermark.sync()
    }
}
