import VarveIngest
import VarveLog
import VarveWire
import VarveWorkspace

/// The final output of an ingest command: the receipt, and the command's own measurements.
struct IngestResult {
    var receipt: IngestReceipt
    /// The durability of the acknowledgements; at the end of the command everything below `durable` is on disk.
    var durability: DurabilityArgument
    var durable: UInt64 = 0
    var bytesIn: UInt64 = 0
    var bytesOnDisk: UInt64 = 0
    var seconds = 0.0
    /// Errors of the log's background work; they do not affect the counts of records.
    var backgroundErrors: [BackgroundError] = []
    /// The last input that could not be read to its end.
    var failedFile: String?
    /// The first input that is not in the declared format at all.
    var failure: CommandFailure?
    /// The likely format of an input that was read as another one.
    var looksLike: FormatGuess?

    /// `flagged` is included if requested or not zero.
    func json(showsFlags: Bool) -> String {
        var line = JSONLine()
        line.field("received", receipt.received)
        line.field("appended", receipt.appended)
        line.field("duplicate", receipt.duplicate)
        line.field("rejected", receipt.rejected)
        if showsFlags || receipt.flags.events > 0 { line.field("flagged", receipt.flags.events) }
        if receipt.olderThanIDs > 0 { line.field("older_than_ids", receipt.olderThanIDs) }
        line.field("first_offset", receipt.firstOffset)
        line.field("last_offset", receipt.lastOffset)
        line.field("durable_offset", durable)
        durability.add(to: &line)
        line.field("bytes_in", bytesIn)
        line.field("bytes_on_disk", bytesOnDisk)
        line.field("seconds", seconds)
        line.field("background_errors", json: JSONLine.array(backgroundErrors.map(\.json)))
        return line.text
    }

    /// The same as lines of text for people.
    var text: String {
        let counts = [
            ("received", receipt.received), ("appended", receipt.appended), ("duplicate", receipt.duplicate),
            ("rejected", receipt.rejected),
        ]
        let width = counts.map { $0.1.grouped.count }.max() ?? 0
        var text = ""
        for (name, count) in counts {
            let number = count.grouped
            text += name + String(repeating: " ", count: 10 - name.count + width - number.count) + number
            if name == "appended", let first = receipt.firstOffset, let last = receipt.lastOffset {
                text += "   offsets \(first.grouped) ... \(last.grouped), all on disk"
            }
            text += "\n"
        }
        for error in backgroundErrors { text += "warning   \(error)\n" }
        let flagged = receipt.flags.events
        if flagged > 0 { text += "flagged   \(flagged.grouped) of them: kept, but different from the catalog\n" }
        let rate = seconds > 0 ? Int(Double(receipt.received) / seconds) : 0
        text +=
            "\(bytesIn.byteSize) read in \(seconds.fixed(2)) s, \(rate.grouped) events/s; the log has \(bytesOnDisk.byteSize)\n"
        return text
    }
}
