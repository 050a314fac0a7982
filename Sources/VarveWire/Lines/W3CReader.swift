/// W3C extended log files (IIS, CloudFront and others): `#Fields:` names the fields of the following lines, separated by blanks
/// or tabs. `-` is an absent value.
///
/// `time-taken` is in milliseconds from IIS, which writes integers, and in seconds from CloudFront, which writes a fraction. A
/// mapping that names `time-taken-seconds` gets the seconds there, and only milliseconds as `time-taken`.
struct W3CReader: FieldReader {
    private var names: [[UInt8]] = []
    /// Whether `#Fields:` names a field that only CloudFront writes.
    private var isCloudFront = false
    private static let timeTaken = Array("time-taken".utf8)

    mutating func read(_ line: UnsafeRawBufferPointer, isTail: Bool, into record: inout FieldRecord) -> FieldReading {
        let text = line.last == 0x0D ? UnsafeRawBufferPointer(rebasing: line.dropLast()) : line
        if text.first == 0x23 {
            if text.starts(with: "#Fields:".utf8) {
                let words = text.dropFirst(8).split(maxSplits: WireLimits.csvColumns) { $0 == 0x20 || $0 == 0x09 }
                names = words.prefix(WireLimits.csvColumns).map { Array($0) }
                isCloudFront = names.contains(Array("x-edge-location".utf8))
            }
            return .nothing
        }
        guard !names.isEmpty else {
            return .refused(Problem(.badHeader, "no line #Fields: stands before this one", hint: "W3C logs name their fields"))
        }
        // Tabs if there are any, because values may then contain blanks.
        let separator: UInt8 = text.contains(0x09) ? 0x09 : 0x20
        var column = 0
        var at = 0
        while at <= text.count {
            let start = at
            if separator == 0x20, at < text.count, text[at] == 0x22 {
                at += 1
                while at < text.count, text[at] != 0x22 { at += 1 }
            }
            while at < text.count, text[at] != separator { at += 1 }
            if column < names.count { set(column, UnsafeRawBufferPointer(rebasing: text[start..<at]), &record) }
            column += 1
            at += 1
        }
        guard column == names.count else {
            return .refused(Problem(.columnCount, "the line has \(column) fields, #Fields: names \(names.count)"))
        }
        return .fields
    }

    private func set(_ column: Int, _ text: UnsafeRawBufferPointer, _ record: inout FieldRecord) {
        if text.count == 1, text[0] == 0x2D { return }
        var text = text
        if text.count >= 2, text.first == 0x22, text.last == 0x22 {
            text = UnsafeRawBufferPointer(rebasing: text[1..<(text.count - 1)])
        }
        let value = PlainValue.read(text)
        var name = names[column]
        if name == Self.timeTaken, isCloudFront || text.contains(0x2E) {
            let seconds = name + Array("-seconds".utf8)
            if seconds.withUnsafeBytes({ record.slot($0) }) != nil { name = seconds }
        }
        record.set(record.arena.keep(name), value)
    }
}
