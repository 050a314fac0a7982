internal import VarveEvents

/// Reads lines whose shape is known straight from the text, with the help of where simdjson found the tokens.
///
/// A line of a known shape is exactly what it was expected to be: no white space but one blank behind a colon or a comma, no
/// escapes, no values of other types. Anything else ends the walk before that line, which is then read by `EventReader`; it alone
/// refuses lines and says why. So what is taken here is what would be taken there, and the tests compare the two.
struct LineWalker: ~Copyable {
    let text: UnsafePointer<UInt8>
    let tokens: UnsafePointer<UInt32>
    let tokenCount: Int
    let clock: EventClock
    /// The next token, which begins a line.
    var token = 0
    /// The text up to here has no backslash and no DEL.
    var plainEnd: Int

    /// Walks from `start`, the beginning of a line, up to `end` or the first line that is not as expected. Returns the number of
    /// lines and where the last one ends, behind its newline.
    mutating func walk(
        _ shapes: borrowing LineShapes, from start: Int, to end: Int, rowLimit: Int, into rows: borrowing PendingRows
    ) -> (lines: Int, end: Int) {
        var row = 0
        var at = start
        while at < end, row < rowLimit {
            guard let next = line(shapes, at, row, rows), next <= plainEnd else {
                rows.discard(row: row)
                break
            }
            at = next
            row &+= 1
        }
        return (row, at)
    }

    /// Reads the line at `start` as row `row`. Returns where the next one begins; nil when the line is not as expected.
    @inline(__always)
    private mutating func line(
        _ shapes: borrowing LineShapes, _ start: Int, _ row: Int, _ rows: borrowing PendingRows
    ) -> Int? {
        var next = token
        guard next < tokenCount, Int(tokens[next]) == start, text[start] == UInt8(ascii: "{") else { return nil }
        next &+= 1
        var at = start &+ 1
        var place = LineShapes.root
        while true {
            // A key, its colon, its value and what stands behind it are four tokens.
            guard next &+ 3 < tokenCount, let key = token(next, at) else { return nil }
            var number = shapes.places[Int(place)].firstStep
            while number != 0, !shapes.matches(shapes.steps + Int(number), text + key) {
                number = shapes.steps[Int(number)].sibling
            }
            let step = shapes.steps + Int(number)
            guard number != 0, let value = token(next &+ 2, key &+ Int(step.pointee.keyCount)) else { return nil }
            next &+= 3
            if step.pointee.role == .data {
                guard text[value] == UInt8(ascii: "{") else { return nil }
                place = step.pointee.placeInside
                at = value &+ 1
                guard text[at] == UInt8(ascii: "}") else { continue }
            } else {
                at = Int(tokens[next])
                guard take(step, value, at, row, rows) else { return nil }
                place = step.pointee.placeBehind
            }
            // Either a comma and the next key, or one or two closing brackets.
            while text[at] == UInt8(ascii: "}") {
                guard Int(tokens[next]) == at else { return nil }
                place = shapes.places[Int(place)].close
                next &+= 1
                at &+= 1
                if place == LineShapes.end {
                    token = next
                    return lineEnd(at)
                }
                guard place != 0, next < tokenCount else { return nil }
            }
            guard text[at] == UInt8(ascii: ","), Int(tokens[next]) == at else { return nil }
            next &+= 1
            at &+= 1
        }
    }

    /// Where token `number` stands if that is `place`, or behind one blank there.
    @inline(__always)
    private func token(_ number: Int, _ place: Int) -> Int? {
        let found = Int(tokens[number])
        return found == place || found == place &+ 1 && text[place] == 0x20 ? found : nil
    }

    @inline(__always)
    private func lineEnd(_ at: Int) -> Int? {
        if text[at] == 0x0A { return at &+ 1 }
        return text[at] == 0x0D && text[at &+ 1] == 0x0A ? at &+ 2 : nil
    }

    /// Takes the value that stands from `start` to `end`, where the next token stands.
    @inline(__always)
    private func take(
        _ step: UnsafePointer<ShapeStep>, _ start: Int, _ end: Int, _ row: Int, _ rows: borrowing PendingRows
    ) -> Bool {
        switch text[start] {
        case UInt8(ascii: "\""):
            // The token behind a string stands behind its closing quote, with nothing but white space between.
            guard end &- start >= 2, text[end &- 1] == UInt8(ascii: "\"") else { return false }
            let span = TextSpan(
                start: UInt32(truncatingIfNeeded: start &+ 1), count: UInt32(truncatingIfNeeded: end &- start &- 2))
            return takeString(step, span, row, rows)
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            switch NumberText.parse(text + start, count: end &- start) {
            case .int64(let number):
                if step.pointee.role == .time {
                    guard let time = clock.nanoseconds(number) else { return false }
                    rows.times[row] = time
                    return true
                }
                return put(number, step.pointee.int64, row, rows)
            case .double(let number): return put(number, step.pointee.double, row, rows)
            case .other: return false
            }
        case UInt8(ascii: "t"): return isWord(start, end, 0x6575_7274) && put(true, step.pointee.bool, row, rows)
        case UInt8(ascii: "f"): return isWord(start &+ 1, end, 0x6573_6C61) && put(false, step.pointee.bool, row, rows)
        case UInt8(ascii: "n"): return isWord(start, end, 0x6C6C_756E) && step.pointee.role == .attribute
        default: return false
        }
    }

    @inline(__always)
    private func takeString(
        _ step: UnsafePointer<ShapeStep>, _ span: TextSpan, _ row: Int, _ rows: borrowing PendingRows
    ) -> Bool {
        guard span.count >= step.pointee.countMin, span.count <= step.pointee.countMax else { return false }
        switch step.pointee.role {
        case .signal:
            rows.signals[row] = span
            return true
        case .time:
            let bytes = UnsafeRawBufferPointer(start: text + Int(span.start), count: Int(span.count))
            guard let time = clock.nanoseconds(bytes) else { return false }
            rows.times[row] = time
            return true
        default: return put(span, step.pointee.string, row, rows)
        }
    }

    /// Adds a value to column `number`. False when there is none for values of its type yet.
    @inline(__always)
    private func put<Value: BitwiseCopyable>(
        _ value: Value, _ number: UInt32, _ row: Int, _ rows: borrowing PendingRows
    ) -> Bool {
        guard number != 0 else { return false }
        rows.columns[Int(number)].append(value, row: row)
        return true
    }

    /// Whether the four bytes of a word, as a number, are all that stands from `start` to `end`.
    @inline(__always)
    private func isWord(_ start: Int, _ end: Int, _ word: UInt32) -> Bool {
        let found = UnsafeRawPointer(text + start).loadUnaligned(as: UInt32.self)
        return UInt32(littleEndian: found) == word && end == start &+ 4
    }
}
