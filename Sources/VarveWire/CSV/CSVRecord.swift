/// One CSV record, RFC 4180: fields between commas, quoted if they contain commas, quotes (doubled) or newlines.
///
/// An unclosed quote would swallow the rest of the file. So a record that is not valid CSV, or longer than a megabyte, ends at
/// its first newline: that line is refused, and parsing resumes at the next one.
struct CSVRecord {
    struct Field {
        var start: Int
        var end: Int
        /// Whether it contains doubled quotes.
        var hasQuotes: Bool
    }

    enum Scan {
        /// The record's text ends at `end`, the next one starts at `next`; `lines` newlines were consumed.
        case record(end: Int, next: Int, lines: Int)
        /// The line is not valid CSV; it ends at `end`, the next record starts at `next`.
        case broken(end: Int, next: Int)
        /// The end of the record is not available yet.
        case incomplete
    }

    private(set) var fields: [Field] = []
    /// The field separator.
    var delimiter: UInt8 = 0x2C
    /// The record terminator: LF, or CR in a file whose first record ends in a CR without LF.
    private(set) var lineEnd: UInt8 = 0x0A
    private var isLineEndKnown = false
    static let recordBytes = 1 << 20

    /// Scans the record at `start`. With `isLast`, the end of the bytes also ends it.
    mutating func scan(_ bytes: UnsafeMutablePointer<UInt8>, from start: Int, count: Int, isLast: Bool) -> Scan {
        fields.removeAll(keepingCapacity: true)
        if !isLineEndKnown, !findLineEnd(bytes, start, count, isLast) { return .incomplete }
        var at = start
        var lines = 0
        while true {
            if at < count, bytes[at] == 0x22 {
                guard let close = quotedField(bytes, at, min(count, start + Self.recordBytes), &lines) else {
                    let isHopeless = isLast || count - start >= Self.recordBytes
                    return isHopeless ? broken(bytes, start, count, isLast) : .incomplete
                }
                at = close + 1
                if at < count, lineEnd == 0x0A, bytes[at] == 0x0D, at + 1 == count || bytes[at + 1] == 0x0A { at += 1 }
                guard at < count || isLast else { return .incomplete }
                let isEnd = at == count || bytes[at] == delimiter || bytes[at] == lineEnd
                guard isEnd else { return broken(bytes, start, count, isLast) }
            } else {
                let first = at
                while at < count, bytes[at] != delimiter, bytes[at] != lineEnd { at += 1 }
                guard at < count || isLast else { return .incomplete }
                let isLineEnd = at == count || bytes[at] == lineEnd
                let end = isLineEnd && lineEnd == 0x0A && at > first && bytes[at - 1] == 0x0D ? at - 1 : at
                fields.append(Field(start: first, end: end, hasQuotes: false))
            }
            if at == count { return .record(end: at, next: at, lines: lines + 1) }
            if bytes[at] == lineEnd { return .record(end: at, next: at + 1, lines: lines + 1) }
            at += 1
            if fields.count > WireLimits.csvColumns { return broken(bytes, start, count, isLast) }
        }
    }

    /// Looks for the first line end outside quotes. False if it is not available yet.
    private mutating func findLineEnd(
        _ bytes: UnsafeMutablePointer<UInt8>, _ start: Int, _ count: Int, _ isLast: Bool
    ) -> Bool {
        var isQuoted = false
        let end = min(count, start + Self.recordBytes)
        for at in start..<end {
            switch bytes[at] {
            case 0x22: isQuoted.toggle()
            case 0x0A where !isQuoted:
                isLineEndKnown = true
                return true
            case 0x0D where !isQuoted:
                if at + 1 == count, !isLast { return false }
                isLineEndKnown = true
                if at + 1 == count || bytes[at + 1] != 0x0A { lineEnd = 0x0D }
                return true
            default: break
            }
        }
        if end < count { isLineEndKnown = true }
        return isLast || end < count
    }

    /// Adds the quoted field that opens at `open`. Returns the position of its closing quote; nil if there is none.
    private mutating func quotedField(
        _ bytes: UnsafeMutablePointer<UInt8>, _ open: Int, _ count: Int, _ lines: inout Int
    ) -> Int? {
        var at = open + 1
        var hasQuotes = false
        while at < count {
            if bytes[at] == 0x22 {
                guard at + 1 < count, bytes[at + 1] == 0x22 else {
                    fields.append(Field(start: open + 1, end: at, hasQuotes: hasQuotes))
                    return at
                }
                hasQuotes = true
                at += 1
            } else if bytes[at] == lineEnd {
                lines += 1
            }
            at += 1
        }
        return nil
    }

    /// The first line from `start` on.
    private func broken(_ bytes: UnsafeMutablePointer<UInt8>, _ start: Int, _ count: Int, _ isLast: Bool) -> Scan {
        var at = start
        while at < count, bytes[at] != lineEnd { at += 1 }
        guard at < count || isLast else { return .incomplete }
        return .broken(end: at, next: min(at + 1, count))
    }
}
