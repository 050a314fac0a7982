/// Reads container logs in the format of Kubernetes' Container Runtime Interface:
///
///     2026-03-01T10:00:00.123456789Z stdout F the text
///
/// Fields: `time`, `stream`, `message`, and `partial` (true) if the runtime split a long line (`P`).
struct CRIReader: FieldReader {
    mutating func read(_ line: UnsafeRawBufferPointer, isTail: Bool, into record: inout FieldRecord) -> FieldReading {
        let end = line.last == 0x0D ? line.count - 1 : line.count
        var words: [UnsafeRawBufferPointer] = []
        var at = 0
        while words.count < 3, at < end {
            let start = at
            while at < end, line[at] != 0x20 { at += 1 }
            words.append(UnsafeRawBufferPointer(rebasing: line[start..<at]))
            if at < end { at += 1 }
        }
        guard words.count == 3, words[1].elementsEqual("stdout".utf8) || words[1].elementsEqual("stderr".utf8),
            let tag = words[2].first, tag == UInt8(ascii: "F") || tag == UInt8(ascii: "P"),
            words[2].count == 1 || words[2][1] == 0x3A
        else {
            return .refused(
                Problem(.syntax, "the line is no container's: it does not begin with time, stdout or stderr, and F or P"))
        }
        record.set("time", FieldValue(text: words[0]))
        record.set("stream", .text(words[1]))
        record.set("message", FieldValue(text: UnsafeRawBufferPointer(rebasing: line[at..<end])))
        if tag == UInt8(ascii: "P") { record.set("partial", .bool(true)) }
        return .fields
    }
}
