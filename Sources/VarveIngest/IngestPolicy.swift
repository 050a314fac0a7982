public import VarveCatalog
internal import VarveEvents
public import VarveWire

/// What happens to decoded events before they are appended: their fields are checked against the catalog, then personal data is
/// reduced. Both work on columns, a batch at a time.
public struct IngestPolicy: Sendable {
    /// Whether events that differ from the catalog are kept and counted, or refused.
    public var check: CheckPolicy
    /// Nil leaves events unchanged.
    public var privacy: BatchPrivacy?
    private let checker = BatchCheck()

    /// By default, keeps every event unchanged and counts those that differ from the catalog.
    public init(check: CheckPolicy = .lenient, privacy: BatchPrivacy? = nil) {
        self.check = check
        self.privacy = privacy
    }

    /// Returns the block to append, and the differences found. Under `.strict` the decoder must keep the records
    /// (`DecodeOptions.keepsRecords`), so that refused ones keep their original bytes.
    public func apply(_ block: DecodedBlock) -> (block: DecodedBlock, flags: FlagTally) {
        guard let batch = block.batch else { return (block, FlagTally()) }
        let result = checker.check(batch, policy: check, limit: check == .strict ? .max : 0)
        var flags = FlagTally()
        var kept: EventBatch? = batch
        var lines = block.lines
        var refused: [Rejection] = []
        if check == .strict, result.flagCount > 0 {
            refused = rejections(result, block)
            kept = refused.count == batch.rowCount ? nil : batch.filtered(keep: result.keep)
            lines = lines.indices.filter { result.keep[$0] }.map { lines[$0] }
        } else {
            flags = FlagTally(events: result.flagged.onesCount, problems: result.counts)
        }
        if let privacy { kept = kept.map(privacy.apply) }
        return (block.replacing(kept, lines: lines, refused: refused), flags)
    }

    /// One rejection per row with problems, naming all of them.
    private func rejections(_ result: CheckResult, _ block: DecodedBlock) -> [Rejection] {
        var refused: [Rejection] = []
        var index = 0
        while index < result.flags.count {
            let row = result.flags[index].row
            var sentences: [String] = []
            while index < result.flags.count, result.flags[index].row == row {
                sentences.append("\(result.flags[index])")
                index += 1
            }
            let record = block.records.indices.contains(row) ? block.records[row] : nil
            refused.append(
                Rejection(
                    field: sentences.joined(separator: "; "), line: Int(block.lines[row]), byteOffset: record?.offset ?? 0,
                    bytes: record?.bytes ?? []))
        }
        return refused
    }
}
