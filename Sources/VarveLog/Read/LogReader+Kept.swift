// Reading below R: events that a retention rule keeps beyond the life of their segments.

public import VarveBatchFormat
internal import VarveDisk
public import VarveEvents

extension LogReader {
    /// The rules that decide which events are kept.
    public func rules() throws(LogError) -> [RetentionRule] {
        try typed { try LogLayout(disk, paths).manifest.rules }
    }

    /// The segments of kept events below R, by first offset. Their offsets have holes.
    public func keptSegments() throws(LogError) -> [SegmentInfo] {
        try typed { try LogLayout(disk, paths).kept() }
    }

    /// Like `scan`, for the kept events of `range` below R, at their original offsets. `scan` never delivers these, because
    /// views have folded them already or begin at R.
    @discardableResult
    public func scanKept(
        _ range: Range<UInt64>, select: ColumnSelection = .all, where filter: LogFilter = LogFilter(),
        onDamage: (DamagedRange) -> Void = { _ in }, _ body: (EventBatch) throws -> Void
    ) throws -> ScanCount {
        var scan = LogScan(self, select, filter)
        try scan.runKept(range, onDamage, body)
        return scan.count
    }

    /// All events: first the kept ones below R, then from R on what `scan` delivers.
    public func scanAll(
        where filter: LogFilter = LogFilter(), onDamage: (DamagedRange) -> Void = { _ in }, _ body: (EventBatch) throws -> Void
    ) throws {
        try snapshot().scanAll(where: filter, onDamage: onDamage, body)
    }
}

extension LogLayout {
    func kept() -> [SegmentInfo] { manifest.kept.map { info($0, at: paths.kept($0)) } }
}

extension LogScan {
    /// Delivers the kept events of `range`, which ends at or below R.
    mutating func runKept(
        _ range: Range<UInt64>, _ onDamage: (DamagedRange) -> Void, _ body: (EventBatch) throws -> Void
    ) throws {
        let snapshot = try openSnapshot(range, kept: true)
        for segment in snapshot.keptSegments where segment.endOffset.value > range.lowerBound {
            guard segment.firstOffset.value < range.upperBound else { return }
            let part = max(range.lowerBound, segment.firstOffset.value)..<min(segment.endOffset.value, range.upperBound)
            try scan(segment, part, snapshot, onDamage, body)
        }
    }
}
