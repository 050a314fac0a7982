// Keeping events during retention: read, choose and write them; only then may the manifest move R.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

extension LogMaintenance {
    /// What `retain` would keep below its new R, of the removed segments and of earlier kept events. Reads all of them.
    public func kept(_ plan: RetentionPlan, _ request: RetentionRequest) throws(LogError) -> KeptCount {
        try typed { Self.count(try choose(plan, manifestStore.manifest, request.moment).map(\.record)) }
    }

    static func count(_ records: [SegmentRecord]) -> KeptCount {
        var count = KeptCount()
        count.segments = records.count
        for record in records {
            count.events += record.rows
            count.bytes += record.bytes
        }
        return count
    }

    /// Chooses the kept events, writes new segments, and returns the records for the manifest.
    func keepEvents(_ plan: RetentionPlan, _ manifest: Manifest, _ now: Timestamp) throws -> [SegmentRecord] {
        let choices = try choose(plan, manifest, now)
        for choice in choices { if let segment = choice.segment { try KeptFiles(disk, paths).write(segment) } }
        return choices.map(\.record)
    }

    private func choose(_ plan: RetentionPlan, _ manifest: Manifest, _ now: Timestamp) throws -> [KeptChoice] {
        // Without rules nothing is kept and nothing needs to be read.
        if plan.removed.isEmpty { return manifest.kept.map { KeptChoice(record: $0) } }
        guard !manifest.rules.isEmpty else { return [] }
        let reader = try LogReader.open(at: paths.root, disk: disk)
        var selection = KeptSelection(manifest.rules, at: now)
        if !selection.knowsAll {
            for record in manifest.kept { try read(record, reader) { selection.learn($0) } }
            for segment in plan.removed { try read(segment, reader) { selection.learn($0) } }
        }
        let all = try (reader.keptSegments() + reader.segments()).withPlausibleTimes(at: now)
        let times = Dictionary(all.map { ($0.firstOffset, $0.observed) }) { first, _ in first }
        var joiner = KeptJoiner(manifest)
        for record in manifest.kept {
            var batches: [EventBatch] = []
            let appended = times[record.first] ?? nil
            try read(record, reader) { batch in selection.kept(batch, appended: appended).map { batches.append($0) } }
            try joiner.add(batches, first: record.first, chainIn: record.chainIn, was: record)
        }
        for segment in plan.removed {
            var batches: [EventBatch] = []
            let appended = times[segment.firstOffset] ?? nil
            try read(segment, reader) { batch in selection.kept(batch, appended: appended).map { batches.append($0) } }
            let chainIn = manifest.segments.first { $0.first == segment.firstOffset }?.chainIn ?? 0
            try joiner.add(batches, first: segment.firstOffset, chainIn: chainIn)
        }
        return try joiner.finished()
    }

    private func read(_ segment: SegmentInfo, _ reader: LogReader, _ body: (EventBatch) -> Void) throws {
        var fault: DamagedRange?
        let range = segment.firstOffset.value..<segment.endOffset.value
        try reader.scan(range, onDamage: { if !$0.isKnown { fault = fault ?? $0 } }, body)
        try refuse(fault, "repair the log, or restore the file from a backup")
    }

    private func read(_ record: SegmentRecord, _ reader: LogReader, _ body: (EventBatch) -> Void) throws {
        var fault: DamagedRange?
        try reader.scanKept(record.first.value..<record.end.value, onDamage: { fault = fault ?? $0 }, body)
        try refuse(
            fault,
            "restore the file from a backup; kept events cannot be made again (without a backup: docs/format/retention.md, "
                + "\"Kept events\")")
    }

    /// Throws for damage that the manifest does not list, because it may hide events that must be kept.
    private func refuse(_ fault: DamagedRange?, _ next: String) throws {
        guard let fault else { return }
        throw LogError(.damaged, "events that are to be kept cannot be read, so nothing is removed: \(fault); \(next)")
    }
}
