import VarveEvents
import VarveLog

/// What became of the records: received = appended + duplicate + rejected.
struct IngestTally {
    var received = 0
    var appended = 0
    var duplicate = 0
    var rejected = 0
    /// Of those appended or duplicate, how many are not as the catalog says.
    var flagged = 0
    var firstOffset: UInt64?
    var lastOffset: UInt64?
    var durable: UInt64 = 0
    var bytesIn: UInt64 = 0
    var bytesOnDisk: UInt64 = 0
    var seconds = 0.0
    /// What went wrong behind the answers: all records are as they are counted.
    var backgroundErrors: [BackgroundError] = []

    mutating func add(_ receipt: Receipt) {
        appended += receipt.appended
        duplicate += receipt.duplicates.count
        durable = receipt.durable.value
        guard let offsets = receipt.offsets, !offsets.isEmpty else { return }
        if firstOffset == nil { firstOffset = offsets.lowerBound }
        lastOffset = offsets.upperBound - 1
    }

    var isAllRefused: Bool { received > 0 && rejected == received }

    /// `flagged` is there when it was asked for, or is not zero. `durability` is what the acknowledgements promised; at the end
    /// of the command everything below `durable_offset` is on disk.
    func json(_ durability: DurabilityArgument, showsFlags: Bool) -> String {
        var line = JSONLine()
        line.field("received", received)
        line.field("appended", appended)
        line.field("duplicate", duplicate)
        line.field("rejected", rejected)
        if showsFlags || flagged > 0 { line.field("flagged", flagged) }
        line.field("first_offset", firstOffset)
        line.field("last_offset", lastOffset)
        line.field("durable_offset", durable)
        durability.add(to: &line)
        line.field("bytes_in", bytesIn)
        line.field("bytes_on_disk", bytesOnDisk)
        line.field("seconds", seconds)
        line.field("background_errors", json: JSONLine.array(backgroundErrors))
        return line.text
    }

    /// The same for people: lines of text.
    var text: String {
        let counts = [("received", received), ("appended", appended), ("duplicate", duplicate), ("rejected", rejected)]
        let width = counts.map { $0.1.grouped.count }.max() ?? 0
        var text = ""
        for (name, count) in counts {
            let number = count.grouped
            text += name + String(repeating: " ", count: 10 - name.count + width - number.count) + number
            if name == "appended", let firstOffset, let lastOffset {
                text += "   offsets \(firstOffset.grouped) ... \(lastOffset.grouped), all on disk"
            }
            text += "\n"
        }
        for error in backgroundErrors { text += "warning   \(error)\n" }
        if flagged > 0 { text += "flagged   \(flagged.grouped) of them: kept, but not as the catalog says\n" }
        let rate = seconds > 0 ? Int(Double(received) / seconds) : 0
        text +=
            "\(bytesIn.byteSize) read in \(seconds.fixed(2)) s, \(rate.grouped) events/s; the log has \(bytesOnDisk.byteSize)\n"
        return text
    }
}
