internal import VarveEvents

/// Reads lines of known shapes straight from the text, using the token positions found by simdjson.
///
/// A line of a known shape matches exactly: no white space except one blank after a colon or comma, no escapes, no values of
/// other types. Anything else ends the walk before that line, which is then read by `EventReader`; only `EventReader` refuses
/// lines and gives the reason. So every line accepted here would be accepted there with the same result; tests compare the two.
struct LineWalker {
    let text: UnsafePointer<UInt8>
    let tokens: UnsafePointer<UInt32>
    let tokenCount: Int
    let clock: EventClock
    /// The text up to here contains no backslash and no DEL.
    let plainEnd: Int

    /// Walks from `start`, the beginning of a line, up to `end` or the first line that does not match. Returns the number of
    /// lines, the position after the last one's newline, and whether the next one may have a new shape. `token` is the next
    /// token, which begins a line.
    func walk(
        _ shapes: borrowing LineShapes, from start: Int, token: inout Int, to end: Int, rowLimit: Int,
        into rows: borrowing PendingRows
    ) -> (lines: Int, end: Int, isNewShape: Bool) {
        var row = 0
        var at = start
        while at < end, row < rowLimit {
            let next = line(shapes, at, &token, row, rows)
            guard let next, next <= plainEnd else {
                rows.discard(row: row)
                return (row, at, next == nil)
            }
            at = next
            row &+= 1
        }
        return (row, at, false)
    }

    /// Reads the line at `start` as row `row`. Returns the start of the next line; nil if the line does not match.
    @inline(__always)
    private func line(
        _ shapes: borrowing LineShapes, _ start: Int, _ token: inout Int, _ row: Int, _ rows: borrowing PendingRows
    ) -> Int? {
        var next = token
        guard next < tokenCount, Int(tokens[next]) == start, text[start] == UInt8(ascii: "{") else { return nil }
        next &+= 1
        var at = behindBlank(start &+ 1)
        var place = shapes.root
        while true {
            // A key, its colon, its value and the following token are four tokens. Outside strings every structural character
            // is a token, so only the end of a value has to be looked up.
            guard next &+ 3 < tokenCount, var step = place.pointee.firstStep else { return nil }
            while !shapes.matches(step, text + at) {
                guard let sibling = step.pointee.sibling else { return nil }
                step = sibling
            }
            let value = behindBlank(at &+ step.pointee.keyCount)
            next &+= 3
            if let inside = step.pointee.placeInside {
                guard text[value] == UInt8(ascii: "{") else { return nil }
                place = inside
                at = value &+ 1
                if text[at] != UInt8(ascii: "}") {
                    at = behindBlank(at)
                    continue
                }
            } else {
                at = Int(tokens[next])
                guard take(step, value, at, row, rows) else { return nil }
                place = step.pointee.placeBehind
            }
            // Either a comma and the next key, or one or two closing brackets.
            while text[at] == UInt8(ascii: "}") {
                guard let behind = place.pointee.close else { return nil }
                next &+= 1
                at &+= 1
                if behind == shapes.end {
                    token = next
                    return lineEnd(at)
                }
                place = behind
            }
            guard text[at] == UInt8(ascii: ",") else { return nil }
            next &+= 1
            at = behindBlank(at &+ 1)
        }
    }

    /// `place`, or the next one if there is a blank.
    @inline(__always)
    private func behindBlank(_ place: Int) -> Int {
        text[place] == 0x20 ? place &+ 1 : place
    }

    @inline(__always)
    private func lineEnd(_ at: Int) -> Int? {
        if text[at] == 0x0A { return at &+ 1 }
        return text[at] == 0x0D && text[at &+ 1] == 0x0A ? at &+ 2 : nil
    }

    /// Reads the value from `start` to `end`, the position of the next token.
    @inline(__always)
    private func take(
        _ step: UnsafeMutablePointer<ShapeStep>, _ start: Int, _ end: Int, _ row: Int, _ rows: borrowing PendingRows
    ) -> Bool {
        let first = text[start]
        if first == UInt8(ascii: "\"") {
            // The token after a string follows its closing quote, with only white space between.
            let count = UInt32(truncatingIfNeeded: end &- start &- 2)
            guard end &- start >= 2, text[end &- 1] == UInt8(ascii: "\""),
                count &- step.pointee.countMin <= step.pointee.countRange
            else { return end &- start == 2 && step.pointee.mayBeEmpty && text[end &- 1] == UInt8(ascii: "\"") }
            let span = TextSpan(start: UInt32(truncatingIfNeeded: start &+ 1), count: count)
            guard let column = step.pointee.string else { return takeTimeText(step, span, row, rows) }
            column.pointee.append(span, row: row)
            return true
        }
        if first &- UInt8(ascii: "0") < 10 || first == UInt8(ascii: "-") {
            if step.pointee.role == .envelope { return takeWritten(step, start, end, row) }
            switch NumberText.parse(text + start, count: end &- start) {
            case .int64(let number):
                if step.pointee.role == .time {
                    guard let time = clock.nanoseconds(number) else { return false }
                    rows.times[row] = time
                    return true
                }
                return put(number, step.pointee.int64, row)
            case .double(let number): return put(number, step.pointee.double, row)
            case .other: return false
            }
        }
        return takeWord(step, start, end, row)
    }

    /// A number in the envelope is the text that is written.
    @inline(never)
    private func takeWritten(_ step: UnsafeMutablePointer<ShapeStep>, _ start: Int, _ end: Int, _ row: Int) -> Bool {
        let count = UInt32(truncatingIfNeeded: end &- start)
        if case .other = NumberText.parse(text + start, count: end &- start) { return false }
        guard let column = step.pointee.string, count &- step.pointee.countMin <= step.pointee.countRange else { return false }
        column.pointee.append(TextSpan(start: UInt32(truncatingIfNeeded: start), count: count), row: row)
        return true
    }

    @inline(never)
    private func takeTimeText(
        _ step: UnsafeMutablePointer<ShapeStep>, _ span: TextSpan, _ row: Int, _ rows: borrowing PendingRows
    ) -> Bool {
        guard step.pointee.role == .time else { return false }
        let bytes = UnsafeRawBufferPointer(start: text + Int(span.start), count: Int(span.count))
        guard let time = clock.nanoseconds(bytes) else { return false }
        rows.times[row] = time
        return true
    }

    @inline(never)
    private func takeWord(_ step: UnsafeMutablePointer<ShapeStep>, _ start: Int, _ end: Int, _ row: Int) -> Bool {
        switch text[start] {
        case UInt8(ascii: "t"): isWord(start, end, 0x6575_7274) && put(true, step.pointee.bool, row)
        case UInt8(ascii: "f"): isWord(start &+ 1, end, 0x6573_6C61) && put(false, step.pointee.bool, row)
        case UInt8(ascii: "n"): isWord(start, end, 0x6C6C_756E) && step.pointee.role == .attribute
        default: false
        }
    }

    /// Adds a value to `column`. False if there is no column for its type yet.
    @inline(__always)
    private func put<Value: BitwiseCopyable>(_ value: Value, _ column: UnsafeMutablePointer<PendingColumn>?, _ row: Int) -> Bool {
        guard let column else { return false }
        column.pointee.append(value, row: row)
        return true
    }

    /// Whether the bytes from `start` to `end` are exactly the four bytes of a word, given as a number.
    @inline(__always)
    private func isWord(_ start: Int, _ end: Int, _ word: UInt32) -> Bool {
        let found = UnsafeRawPointer(text + start).loadUnaligned(as: UInt32.self)
        return UInt32(littleEndian: found) == word && end == start &+ 4
    }
}
