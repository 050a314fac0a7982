public import VarveBatchFormat
public import VarveDisk
public import VarveEvents

/// Reads a log that another process may be writing. Read-only, takes no lock, and never delivers events past the watermark.
public struct LogReader: Sendable {
    let disk: any Disk
    let paths: StorePaths
    /// The identity of the log.
    public let store: StoreID

    /// Opens the log in the directory `path`.
    ///
    /// - Throws: `.noLog` when there is no log, `.newerFormat` when a newer program wrote it.
    public static func open(at path: String, disk: any Disk = RealDisk()) throws(LogError) -> LogReader {
        let paths = StorePaths(path)
        let layout = try typed { try LogLayout(disk, paths) }
        return LogReader(disk: disk, paths: paths, store: layout.manifest.store)
    }

    /// The watermark: every event below it is on disk, and no reader sees an event at or above it.
    ///
    /// - Throws: `.damaged` when the watermark is not readable and only it says how much of the last segment is durable.
    public func durable() throws(LogError) -> Offset {
        try typed {
            if let found = try published() { return found }
            let layout = try LogLayout(disk, paths)
            // Less than everything must not look like everything. A copy that was interrupted has no watermark yet.
            guard try layout.unsealed.isEmpty || disk.kind(paths.durable) == nil else {
                throw LogError(
                    .damaged,
                    "\(paths.durable) is not readable, and only it says how many events are on disk; no event is lost by that")
            }
            return layout.manifest.sealedEnd
        }
    }

    /// The watermark, or without a readable one the end of the sealed segments, which are durable in any case.
    func provenDurable() throws -> Offset { try published() ?? LogLayout(disk, paths).manifest.sealedEnd }

    /// The watermark; nil when it is missing or not readable.
    private func published() throws -> Offset? {
        guard try disk.kind(paths.durable) != nil else { return nil }
        return try Watermark.read(disk.openFile(paths.durable), store)?.durable
    }

    /// The segments, by first offset. The active one ends at the watermark.
    public func segments() throws(LogError) -> [SegmentInfo] {
        let durable = try durable()
        return try typed { try LogLayout(disk, paths).segments(durable: durable) }
    }

    /// R, the first offset that retention has not removed.
    public func retained() throws(LogError) -> Offset {
        try typed { try LogLayout(disk, paths).manifest.retained }
    }

    /// Calls `body` with the events of `range` in offset order, as batches of at most one frame. Runs on the calling thread and
    /// may block. Ends at the current watermark. Damaged ranges are reported to `onDamage` and skipped.
    ///
    /// With a filter, only matching events are delivered, and frames that cannot contain one are not opened. Damage is reported
    /// wherever it is met, with or without a filter.
    ///
    /// - Throws: `LogError` `.truncated` when retention has removed the beginning of `range`, and whatever `body` throws.
    @discardableResult
    public func scan(
        _ range: Range<UInt64>, select: ColumnSelection = .all, where filter: LogFilter = LogFilter(),
        onDamage: (DamagedRange) -> Void = { _ in }, _ body: (EventBatch) throws -> Void
    ) throws -> ScanCount {
        var scan = LogScan(self, select, filter)
        let end = min(range.upperBound, try durable().value)
        guard range.lowerBound < end else { return ScanCount() }
        try scan.run(range.lowerBound..<end, onDamage, body)
        return scan.count
    }
}

/// The manifest and the list of unsealed segments at one moment.
struct LogLayout: Sendable {
    let manifest: Manifest
    /// First offsets of the unsealed segments, in order.
    let unsealed: [Offset]
    private let disk: any Disk
    let paths: StorePaths

    init(_ disk: any Disk, _ paths: StorePaths) throws {
        self.disk = disk
        self.paths = paths
        guard try disk.kind(paths.log) != nil else {
            throw LogError(.noLog, "\(paths.root) holds no log; a writer creates one")
        }
        // List the directory before the manifest is read, so that a segment sealed in between is found in the manifest.
        let starts = try disk.list(paths.log).compactMap(StorePaths.segmentStart).sorted()
        switch try ManifestFiles.load(disk, paths) {
        case .valid(let found): manifest = found
        case .damaged, .absent:
            guard let rebuilt = try ManifestRebuild.run(disk, paths) else {
                throw LogError(.noLog, "\(paths.log) holds neither a readable manifest nor a segment")
            }
            manifest = rebuilt
        }
        unsealed = Self.proven(starts, from: manifest.sealedEnd, manifest.store, disk, paths)
    }

    /// The segments below `durable`.
    func segments(durable: Offset) throws -> [SegmentInfo] {
        var segments = manifest.segments.map { info($0, at: paths.segment($0.first)) }
        for (index, first) in unsealed.enumerated() where first < durable {
            let end = index + 1 < unsealed.count ? min(unsealed[index + 1], durable) : durable
            let path = paths.segment(first)
            let bytes = try disk.openFile(path).size()
            segments.append(
                SegmentInfo(
                    firstOffset: first, endOffset: end, isSealed: false, bytes: bytes, rows: end.value - first.value,
                    damaged: damage(in: first..<end), path: path))
        }
        return segments
    }

    func info(_ record: SegmentRecord, at path: String) -> SegmentInfo {
        SegmentInfo(
            firstOffset: record.first, endOffset: record.end, isSealed: true, bytes: record.bytes, rows: record.rows,
            time: Self.times(record.minTime, record.maxTime), observed: Self.times(record.minObserved, record.maxObserved),
            contentHash: record.contentHash, damaged: damage(in: record.first..<record.end), path: path)
    }

    private static func times(_ low: Int64, _ high: Int64) -> ClosedRange<Timestamp>? {
        low <= high ? Timestamp(nanoseconds: low)...Timestamp(nanoseconds: high) : nil
    }

    /// Damage recorded in the manifest that touches `offsets`.
    func damage(in offsets: Range<Offset>) -> [DamagedRange] {
        manifest.damaged.filter {
            $0.offsets.lowerBound < offsets.upperBound.value
                && max($0.offsets.upperBound, $0.offsets.lowerBound + 1) > offsets.lowerBound.value
        }.map {
            DamagedRange(file: paths.segment($0.segment), bytes: $0.bytes, offsets: $0.offsets, reason: DamagedRange.knownDamage)
        }
    }
}
