import VarveCatalog
import VarveEvents
import VarveWire

/// What is done with decoded events before they enter the log: fields are compared with the catalog, then people's data is
/// taken back. Both look at columns, a batch at a time.
struct EventCare: Sendable {
    var policy = CheckPolicy.lenient
    /// Nil leaves events as they came.
    var privacy: BatchPrivacy?
    private let check = BatchCheck()

    /// The block as it may be appended, and what was wrong with it.
    func apply(_ block: DecodedBlock) -> (block: DecodedBlock, flags: FlagTally) {
        guard let batch = block.batch else { return (block, FlagTally()) }
        let result = check.check(batch, policy: policy, limit: policy == .strict ? .max : 0)
        var flags = FlagTally()
        var kept: EventBatch? = batch
        var lines = block.lines
        var refused: [Rejection] = []
        if policy == .strict, result.flagCount > 0 {
            refused = rejections(result, block)
            kept = refused.count == batch.rowCount ? nil : batch.filtered(keep: result.keep)
            lines = lines.indices.filter { result.keep[$0] }.map { lines[$0] }
        } else {
            flags = FlagTally(events: result.flagged.onesCount, problems: result.counts)
        }
        if let privacy { kept = kept.map(privacy.apply) }
        return (block.replacing(kept, lines: lines, refused: refused), flags)
    }

    /// One for each row with anything wrong, which names all of it.
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
            let record = block.records[row]
            refused.append(
                Rejection(
                    field: sentences.joined(separator: "; "), line: Int(block.lines[row]), byteOffset: record.offset,
                    bytes: record.bytes))
        }
        return refused
    }
}

/// How many events are not as the catalog says, and in which way.
struct FlagTally: Sendable {
    var events = 0
    var problems: [String: Int] = [:]

    mutating func add(_ other: FlagTally) {
        events += other.events
        problems.merge(other.problems, uniquingKeysWith: +)
    }
}
