// Writes frames and makes them durable: the active segment's file, the sync, the watermark. One invariant holds:
// durable <= committed <= written. Committed is what may have been acknowledged: what is durable, and at level `interval` also
// what was written.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

/// Why a commit failed, by its consequence for the segment.
enum CommitFailure: Error {
    /// Writing failed; the file was truncated to its committed end.
    case notWritten(LogError)
    /// The segment cannot be trusted above its durable end, because a sync or the truncation failed.
    case segmentLost(LogError)
    /// Another writer has taken over, or the watermark cannot be published. This writer can accept no more.
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
    private let manifestStore: ManifestStore
    private var active: Active?
    private var watermark: WatermarkFile
    /// One past the last offset that is durable and published.
    private(set) var durable: Offset
    /// One past the last offset written.
    private(set) var written: Offset
    /// One past the last offset of a successful commit. Nothing above it is acknowledged; nothing below it is truncated.
    private var committed: Offset

    /// The file being appended to.
    private struct Active {
        var file: DiskFile
        var first: Offset
        /// Where the next frame goes.
        var position: Int
        /// The end of the last durable frame.
        var durablePosition: Int
        /// The end of the last committed frame.
        var committedPosition: Int

        init(_ file: DiskFile, _ first: Offset, at position: Int) {
            self.file = file
            self.first = first
            self.position = position
            durablePosition = position
            committedPosition = position
        }
    }

    init(_ recovered: Recovered, _ disk: any Disk, _ paths: StorePaths) throws {
        self.disk = disk
        self.paths = paths
        manifestStore = recovered.manifestStore
        epoch = recovered.report.epoch
        durable = recovered.durable
        written = recovered.durable
        committed = recovered.durable
        if let first = recovered.point.segment {
            let position = recovered.point.bytes
            let file = try disk.openFile(paths.segment(first), .readWrite)
            active = Active(file, first, at: position)
        }
        watermark = recovered.watermark
        try publish(durable)
        try watermark.sync()
    }

    /// Writes the groups in order and, if `syncs` is set, syncs once. On return all of them are written, or durable and
    /// published. `sealable` is called for each segment that ends; ended segments are always durable.
    mutating func commit(
        _ groups: [CommitGroup], syncs: Bool = true, _ sealable: (SealJob) throws -> Void
    ) throws(CommitFailure) {
        let begun = groups.contains { !$0.bytes.isEmpty }
        // Check before the first byte is written: a later writer may have acknowledged events at that place.
        if begun { try checkFence() }
        for group in groups where !group.bytes.isEmpty {
            if let header = group.begins {
                try sync()
                try begin(header)
                if let job = group.closes {
                    // Sync the watermark here so that it usually lags by at most one segment; correctness does not depend on
                    // it.
                    try? watermark.sync()
                    try Self.publishing { try sealable(job) }
                }
            }
            try write(group)
        }
        if syncs { try sync() }
        // Check again between writing and acknowledging: a writer that took over before the write has not read these bytes.
        if begun, written > durable {
            do throws(CommitFailure) { try checkFence() } catch {
                if case .notWritten(let cause) = error { try cutBack(cause) }
                throw error
            }
        }
        committed = written
        if let position = active?.position { active?.committedPosition = position }
    }

    /// A disk error does not mean that there is a later writer.
    private func checkFence() throws(CommitFailure) {
        do { try watermark.check() } catch {
            let error = LogError(error)
            throw error.code == .fenced ? .fatal(error) : .notWritten(error)
        }
    }

    private mutating func begin(_ header: SegmentHeader) throws(CommitFailure) {
        let path = paths.segment(header.first)
        do {
            let file = try manifestStore.exclusively {
                // A file of that name is left over from a failed attempt. Events in it that were acknowledged at level
                // `interval` are written again from memory. Move it aside instead of removing it, in case the process ends
                // before that.
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

    /// After a failed write: truncates to the committed end, so that no partial frame is followed by others.
    private mutating func cutBack(_ cause: LogError) throws(CommitFailure) {
        guard var open = active else { throw .segmentLost(cause) }
        do {
            try open.file.truncate(to: UInt64(open.committedPosition))
        } catch {
            discardUndurable()
            throw .segmentLost(cause)
        }
        written = committed
        open.position = open.committedPosition
        active = open
        throw .notWritten(cause)
    }

    /// Gives up everything above the durable end.
    private mutating func discardUndurable() {
        active = nil
        written = durable
        committed = durable
    }

    /// Makes everything written durable and publishes the watermark.
    private mutating func sync() throws(CommitFailure) {
        guard let open = active, open.position > open.durablePosition else { return }
        do {
            try open.file.syncData()
        } catch {
            // Never retry a failed sync: the kernel may have dropped the pages and would report success.
            discardUndurable()
            throw .segmentLost(LogError(error))
        }
        try Self.publishing {
            // A failed write, unlike a failed sync, may be retried.
            do { try publish(written) } catch is DiskError { try publish(written) }
        }
        active?.durablePosition = open.position
        active?.committedPosition = open.position
        advance(to: written)
    }

    private mutating func advance(to offset: Offset) {
        precondition(durable <= offset && offset <= written, "durable \(durable) to \(offset) with \(written) written")
        durable = offset
        committed = max(committed, offset)
    }

    /// Writes the watermark. Throws `.fenced` if a later writer has taken over; then nothing more is acknowledged.
    private mutating func publish(_ durable: Offset) throws {
        try watermark.publish(Watermark(epoch: epoch, segment: active?.first ?? durable, durable: durable))
    }

    private static func publishing(_ body: () throws -> Void) throws(CommitFailure) {
        do { try body() } catch { throw .fatal(LogError(error)) }
    }

    /// The sealing job for the segment of `point`, of which only the durable part is trusted: that part is copied to a new
    /// file.
    func salvage(_ point: PlanPoint) -> SealJob? {
        guard let first = point.segment, first < point.next else { return nil }
        return SealJob(first: first, end: point.next, keep: point.bytes, mustCopy: true)
    }

    /// Publishes and syncs the watermark; the last step of a clean shutdown.
    mutating func finish() throws {
        try publish(durable)
        try watermark.sync()
    }
}
