// Reading below R: events that outlive their segments because a rule keeps them.

public import VarveBatchFormat
internal import VarveDisk
public import VarveEvents

extension LogReader {
    /// The rules that keep events.
    public func rules() throws(LogError) -> [RetentionRule] {
        try typed { try LogLayout(disk, paths).manifest.rules }
    }

    /// What is kept below R, by first offset. The offsets of a segment have holes.
    public func keptSegments() throws(LogError) -> [SegmentInfo] {
        try typed { try LogLayout(disk, paths).kept() }
    }

    /// As `scan`, for the kept events of `range` below R, at their old offsets. `scan` never delivers them: views have folded
    /// them, or begin at R.
    @discardableResult
    public func scanKept(
        _ range: Range<UInt64>, select: ColumnSelection = .all, where filter: LogFilter = LogFilter(),
        onDamage: (DamagedRange) -> Void = { _ in }, _ body: (EventBatch) throws -> Void
    ) throws -> ScanCount {
        var scan = LogScan(self, select, filter)
        try scan.runKept(range, onDamage, body)
        return scan.count
    }

    /// Every event there is: what is kept below R, and then, from R on, what `scan` delivers.
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
    /// Delivers what is kept of `range`, which ends at or below R.
    mutating func runKept(
        _ range: Range<UInt64>, _ onDamage: (DamagedRange) -> Void, _ body: (EventBatch) throws -> Void
    ) throws {
        let snapshot = try moment(range, kept: true)
        for segment in snapshot.keptSegments where segment.endOffset.value > range.lowerBound {
            guard segment.firstOffset.value < range.upperBound else { return }
            let part = max(range.lowerBound, segment.firstOffset.value)..<min(segment.endOffset.value, range.upperBound)
            try scan(segment, part, snapshot, onDamage, body)
        }
    }
}
