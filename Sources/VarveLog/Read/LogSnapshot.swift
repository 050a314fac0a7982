public import VarveBatchFormat
internal import VarveDisk
public import VarveEvents

/// A log as it was at one moment: R, segments, damage, bases and the watermark fit each other, and stay so. Its files are held
/// open, so that neither compaction nor retention can take them away while it is used.
///
///     let snapshot = try LogReader.open(at: "data").snapshot()
///     try snapshot.scan(snapshot.retained.value..<snapshot.durable.value) { batch in … }
public final class LogSnapshot: Sendable {
    /// Which log this is.
    public let store: StoreID
    /// Every event below is on disk; nothing at or above is read through this snapshot.
    public let durable: Offset
    /// The segments, by first offset. The active one ends at `durable`.
    public let segments: [SegmentInfo]
    /// What is kept below R, by first offset. The offsets of a segment have holes.
    public let keptSegments: [SegmentInfo]
    let reader: LogReader
    let layout: LogLayout
    let bases: Bases.Set
    /// Open files by path: the oldest segments, which retention removes first, the kept ones, and the active one.
    private let files: [String: DiskFile]

    /// What of a log a snapshot is for. Other segments are listed, and their files are not held.
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
                // Retention has removed a file since the manifest was read: the manifest says so now.
                attempts += 1
            }
        }
    }

    private static let attemptsMax = 16

    /// Opens the files, but not so many that none would be left for others.
    private static func open(_ segments: [SegmentInfo], _ disk: any Disk) throws -> [String: DiskFile] {
        var files: [String: DiskFile] = [:]
        for (index, segment) in segments.enumerated() where index < LogLimits.heldFiles || !segment.isSealed {
            files[segment.path] = try disk.openFile(segment.path)
        }
        return files
    }

    /// The file of one of its segments. One that is not held is opened by its name, under which compaction puts the same events.
    func file(_ segment: SegmentInfo) throws -> DiskFile {
        if let file = files[segment.path] { return file }
        do throws(DiskError) {
            return try reader.disk.openFile(segment.path)
        } catch {
            guard error.code == .notFound else { throw error }
            throw LogError(.truncated, "\(segment.path) was removed by retention meanwhile", disk: error)
        }
    }

    /// The first offset that retention has left, R.
    public var retained: Offset { layout.manifest.retained }

    /// How often the log had been opened for writing. A recovery raises it.
    public var epoch: UInt32 { layout.manifest.epoch }

    /// The rules that keep events.
    public var rules: [RetentionRule] { layout.manifest.rules }

    /// The damage that the manifest knows.
    public var damage: [DamagedRange] { layout.damage(in: Offset(0)..<Offset(.max)) }

    /// Calls `body` with the events of `range`, in offset order, as batches of at most one frame; on this thread, which may
    /// block. What is damaged goes to `onDamage`, and the rest goes on.
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

    /// As `scan`, for the kept events of `range` below R, at their old offsets.
    @discardableResult
    public func scanKept(
        _ range: Range<UInt64>, select: ColumnSelection = .all, where filter: LogFilter = LogFilter(),
        onDamage: (DamagedRange) -> Void = { _ in }, _ body: (EventBatch) throws -> Void
    ) throws -> ScanCount {
        var scan = LogScan(reader, select, filter, snapshot: self)
        try scan.runKept(range, onDamage, body)
        return scan.count
    }

    /// Every event there is: what is kept below R, and then, from R on, what `scan` delivers.
    public func scanAll(
        where filter: LogFilter = LogFilter(), onDamage: (DamagedRange) -> Void = { _ in }, _ body: (EventBatch) throws -> Void
    ) throws {
        try scanKept(0..<retained.value, where: filter, onDamage: onDamage, body)
        if retained < durable { try scan(retained.value..<durable.value, where: filter, onDamage: onDamage, body) }
    }

    /// All bases at R; none when retention was given none. Each is checked.
    ///
    /// - Throws: `.damaged` when a base is not what was written.
    public func baseSet() throws(LogError) -> BaseSet { try typed { try bases.all() } }

    /// One base at R; nil when there is none of that name.
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
    /// The log as it is now, with its files held open.
    public func snapshot() throws(LogError) -> LogSnapshot {
        // The watermark first: what lies below it is in every later look at the directory.
        let durable = try durable()
        return try typed { try LogSnapshot(self, durable: durable, .init(holdsKept: true, holdsBases: true)) }
    }
}
