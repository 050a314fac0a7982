public import VarveBatchFormat
internal import VarveDisk
public import VarveEvents

/// A consistent state of a log: R, segments, damage, bases and the watermark match each other and do not change. Its files are
/// held open, so neither compaction nor retention can take them away while the snapshot is used.
///
///     let snapshot = try LogReader.open(at: "data").snapshot()
///     try snapshot.scan(snapshot.retained.value..<snapshot.durable.value) { batch in … }
public final class LogSnapshot: Sendable {
    /// The identity of the log.
    public let store: StoreID
    /// Every event below is on disk; nothing at or above it can be read through this snapshot.
    public let durable: Offset
    /// The segments, by first offset. The active one ends at `durable`.
    public let segments: [SegmentInfo]
    /// The segments of kept events below R, by first offset. Their offsets have holes.
    public let keptSegments: [SegmentInfo]
    let reader: LogReader
    let layout: LogLayout
    let bases: Bases.Set
    /// Open files by path: the oldest segments, which retention would remove first, the kept ones, and the active one.
    private let files: [String: DiskFile]

    /// What a snapshot is used for. Segments that it does not need are listed, but their files are not held open.
    struct Purpose {
        var offsets: Range<UInt64>?
        var filter = LogFilter()
        var holdsKept = false
        var holdsBases = false
    }

    init(_ reader: LogReader, durable: Offset, _ purpose: Purpose) throws {
        self.reader = reader
        self.durable = durable
        store = reader.store
        var attempts = 0
        while true {
            let layout = try LogLayout(reader.disk, reader.paths)
            do {
                let segments = try layout.segments(durable: durable)
                let kept = layout.kept()
                let held = segments.filter { purpose.needs($0) } + (purpose.holdsKept ? kept : [])
                let files = try Self.open(held, reader.disk)
                bases = try Bases.Set(layout.manifest, reader.disk, reader.paths, opens: purpose.holdsBases)
                self.files = files
                self.layout = layout
                self.segments = segments
                keptSegments = kept
                return
            } catch let error as DiskError where error.code == .notFound && attempts < Self.attemptsMax {
                // Retention has removed a file since the manifest was read; read the manifest again.
                attempts += 1
            }
        }
    }

    private static let attemptsMax = 16

    /// Opens the files, up to a limit that leaves descriptors for others.
    private static func open(_ segments: [SegmentInfo], _ disk: any Disk) throws -> [String: DiskFile] {
        var files: [String: DiskFile] = [:]
        for (index, segment) in segments.enumerated() where index < LogLimits.heldFiles || !segment.isSealed {
            files[segment.path] = try disk.openFile(segment.path)
        }
        return files
    }

    /// The file of a segment. If it is not held open, it is opened by name; after a compaction that file holds the same events.
    func file(_ segment: SegmentInfo) throws -> DiskFile {
        if let file = files[segment.path] { return file }
        do throws(DiskError) {
            return try reader.disk.openFile(segment.path)
        } catch {
            guard error.code == .notFound else { throw error }
            throw LogError(.truncated, "\(segment.path) was removed by retention meanwhile", disk: error)
        }
    }

    /// R, the first offset that retention has not removed.
    public var retained: Offset { layout.manifest.retained }

    /// How often the log had been opened for writing. Every recovery raises it.
    public var epoch: UInt32 { layout.manifest.epoch }

    /// The rules that decide which events are kept.
    public var rules: [RetentionRule] { layout.manifest.rules }

    /// The damage recorded in the manifest.
    public var damage: [DamagedRange] { layout.damage(in: Offset(0)..<Offset(.max)) }

    /// Calls `body` with the events of `range` in offset order, as batches of at most one frame. Runs on the calling thread and
    /// may block. Damaged ranges are reported to `onDamage` and skipped.
    ///
    /// - Throws: `LogError` `.truncated` when `range` begins below R, and whatever `body` throws.
    @discardableResult
    public func scan(
        _ range: Range<UInt64>, select: ColumnSelection = .all, where filter: LogFilter = LogFilter(),
        onDamage: (DamagedRange) -> Void = { _ in }, _ body: (EventBatch) throws -> Void
    ) throws -> ScanCount {
        var scan = LogScan(reader, select, filter, snapshot: self)
        let end = min(range.upperBound, durable.value)
        guard range.lowerBound < end else { return ScanCount() }
        try scan.run(range.lowerBound..<end, onDamage, body)
        return scan.count
    }

    /// Like `scan`, for the kept events of `range` below R, at their original offsets.
    @discardableResult
    public func scanKept(
        _ range: Range<UInt64>, select: ColumnSelection = .all, where filter: LogFilter = LogFilter(),
        onDamage: (DamagedRange) -> Void = { _ in }, _ body: (EventBatch) throws -> Void
    ) throws -> ScanCount {
        var scan = LogScan(reader, select, filter, snapshot: self)
        try scan.runKept(range, onDamage, body)
        return scan.count
    }

    /// All events: first the kept ones below R, then from R on what `scan` delivers.
    public func scanAll(
        where filter: LogFilter = LogFilter(), onDamage: (DamagedRange) -> Void = { _ in }, _ body: (EventBatch) throws -> Void
    ) throws {
        try scanKept(0..<retained.value, where: filter, onDamage: onDamage, body)
        if retained < durable { try scan(retained.value..<durable.value, where: filter, onDamage: onDamage, body) }
    }

    /// All bases at R; empty when retention was given none. Each is verified.
    ///
    /// - Throws: `.damaged` when a base does not match what was written.
    public func baseSet() throws(LogError) -> BaseSet { try typed { try bases.all() } }

    /// The base of that name at R; nil when there is none.
    public func base(_ name: String) throws(LogError) -> [UInt8]? { try typed { try bases.one(name) } }

    /// The names of the bases at R.
    public func baseNames() throws(LogError) -> [String] { try typed { try bases.entries().map(\.name) } }
}

extension LogSnapshot.Purpose {
    func needs(_ segment: SegmentInfo) -> Bool {
        if let offsets {
            guard segment.firstOffset.value < offsets.upperBound, segment.endOffset.value > offsets.lowerBound else {
                return false
            }
        }
        guard segment.isSealed, let time = segment.time else { return true }
        return filter.mayMatch(times: time.lowerBound.nanoseconds...time.upperBound.nanoseconds)
    }
}

extension LogReader {
    /// The current state of the log, with its files held open.
    public func snapshot() throws(LogError) -> LogSnapshot {
        // Read the watermark first: everything below it is in every later listing of the directory.
        let durable = try durable()
        return try typed { try LogSnapshot(self, durable: durable, .init(holdsKept: true, holdsBases: true)) }
    }
}
