// Describes a segment file range by range: header, frames, gaps between them, footer.

internal import VarveBatchFormat
public import VarveDisk
internal import VarveEvents

/// Describes segment files, damaged ones included. Read-only.
public enum LogInspector {
    /// Every byte range of the segment file at `path`, in order. With `frame`, only the ranges of that frame, counted from 0.
    public static func dump(_ path: String, frame: Int? = nil, disk: any Disk = RealDisk()) throws(LogError) -> [FileDumpLine] {
        guard let first = StorePaths.segmentStart(StorePaths.name(of: path)) else {
            throw LogError(.noLog, "\(path) is not named like a segment (20 digits and .seg)")
        }
        return try typed {
            let bytes = try disk.openFile(path).readAll(limit: LogLimits.segmentBytes)
            return try bytes.withUnsafeBytes { try dump($0, first, frame, path) }
        }
    }

    private static func dump(
        _ raw: UnsafeRawBufferPointer, _ first: Offset, _ wanted: Int?, _ path: String
    ) throws -> [FileDumpLine] {
        let walk = SegmentWalk(raw, store: nil, first: first)
        if walk.isNewer { throw LogError(.newerFormat, "\(path): \(walk.headerFault?.message ?? walk.tailReason)") }
        if let wanted, !walk.frames.indices.contains(wanted) {
            throw LogError(.noLog, "\(path) has the frames 0 ..< \(walk.frames.count), not \(wanted)")
        }
        var lines: [FileDumpLine] = []
        if wanted == nil { lines += header(walk) }
        for (number, found) in walk.frames.enumerated() where wanted ?? number == number {
            let bytes = UnsafeRawBufferPointer(rebasing: raw[found.range])
            lines.append(line(found.range, "frame \(number): offsets \(found.header.firstOffset) ..< \(found.header.endOffset)"))
            for part in try FrameDump.lines(bytes, found.header) {
                let range = (found.position + part.bytes.lowerBound)..<(found.position + part.bytes.upperBound)
                lines.append(line(range, "  " + part.text))
            }
        }
        guard wanted == nil else { return lines }
        for fault in walk.faults {
            let offsets = "offsets \(fault.offsets.lowerBound) ..< \(fault.offsets.upperBound)"
            lines.append(line(fault.bytes, "damaged, \(offsets): \(fault.reason)"))
        }
        if !walk.tail.isEmpty { lines.append(line(walk.tail, "not a frame: \(walk.tailReason)")) }
        if let footer = walk.footer { lines += ending(footer, walk.tail.lowerBound, raw.count) }
        return lines.sorted { ($0.bytes.lowerBound, -Int($0.bytes.count)) < ($1.bytes.lowerBound, -Int($1.bytes.count)) }
    }

    private static func header(_ walk: SegmentWalk) -> [FileDumpLine] {
        guard let header = walk.header else {
            return [line(0..<SegmentHeader.size, "no header: \(walk.headerFault?.message ?? "")")]
        }
        return [
            line(0..<8, "magic VARVESEG"), line(8..<12, "version \(SegmentHeader.version)"), line(12..<16, "header size 64"),
            line(16..<32, "store \(hex(header.store.high)) \(hex(header.store.low))"),
            line(32..<40, "first offset \(header.first)"),
            line(40..<48, "chain-in \(hex(header.chainIn))"), line(48..<52, "epoch \(header.epoch)"), line(52..<56, "zero"),
            line(56..<64, "hash"),
        ]
    }

    private static func ending(_ footer: SegmentFooter, _ start: Int, _ end: Int) -> [FileDumpLine] {
        var lines = [line(start..<Int(footer.members[0].position), "filters: magic VARVEFLT, version, size")]
        for (column, section) in zip(MemberColumn.allCases, footer.members) where section.size > 0 {
            let range = Int(section.position)..<Int(section.position + section.size)
            lines.append(line(range, "  which frame may hold which \(column.key.name)"))
        }
        lines.append(
            line(
                Int(footer.start)..<end,
                "footer: \(footer.rows) events at offsets \(footer.first) ..< \(footer.end), \(footer.frames.count) frames, "
                    + "\(footer.signals.count) signals, \(footer.ids) ids, revision \(footer.revision), "
                    + "chain-in \(hex(footer.chainIn)), chain-out \(hex(footer.chainOut)), content \(footer.contentHash)"))
        return lines
    }

    private static func line(_ bytes: Range<Int>, _ text: String) -> FileDumpLine {
        FileDumpLine(bytes: UInt64(bytes.lowerBound)..<UInt64(bytes.upperBound), text: text)
    }

    private static func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}
