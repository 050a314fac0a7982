internal import CSimdjson
internal import Foundation
internal import VarveEvents

/// Decodes NDJSON lines to rows, many lines per parser call. Lines of known shapes take another path (`ShapedLines`); all others
/// are read as follows.
///
/// Consecutive whole lines are turned into one JSON array in place: the byte before them becomes `[`, newlines become commas, the
/// last one `]`. One call parses the array, and element k is line k, *if* the comma after it is the newline of line k. This is
/// checked for every element by counting tokens: otherwise a line that opens a string or an object which the next line closes
/// could join two bad lines into one valid event.
///
///     ⏎ { … } ⏎ { … } ⏎ ⏎ { … } ⏎
///     [ { … } , { … } , ␣ { … } ]
///
/// If the array does not parse, or a check fails, the remaining lines are parsed one by one, which also finds the error of each
/// line.
struct NDJSONDecoder: ~Copyable {
    private var reader: EventReader
    private let bulk: JSONParser?
    let single: JSONParser?
    private var lines: [Line] = []
    private var shaped = ShapedLines()
    var padding = NULPadding()

    struct Line {
        var start: Int
        var end: Int
        /// Counted from 0 at the first byte passed to `decode`.
        var number: Int
    }

    init(clock: EventClock, keepsObserved: Bool, defaultSignal: String? = nil) {
        reader = EventReader(clock: clock, keepsObserved: keepsObserved, defaultSignal: defaultSignal)
        // simdjson's depth is one more than the levels it accepts; the array around the lines adds one.
        bulk = JSONParser(capacity: WireLimits.bulkBytes + 2, depth: WireLimits.jsonDepth + 2)
        single = JSONParser(capacity: WireLimits.bulkBytes + 2, depth: WireLimits.jsonDepth + 1)
    }

    /// The names dropped, with counts.
    var leftOut: [String: Int] { reader.leftOut }

    /// NUL bytes that were skipped.
    var paddingBytes: UInt64 { padding.bytes }
    mutating func set(now: Timestamp) { reader.clock.set(now: now) }

    /// Decodes the complete lines of `count` bytes; with `isLast` also the rest without a newline. Returns the bytes consumed.
    mutating func decode(
        _ bytes: UnsafeMutablePointer<UInt8>, count: Int, isLast: Bool, place: inout InputPlace,
        into assembler: inout BlockAssembler
    ) -> Int {
        var used = 0
        shaped.begin()
        while used < count {
            let taken = shaped.read(bytes, from: used, count: count, clock: reader.clock, place: place, into: &assembler)
            place.advance(lines: taken.lines, bytes: taken.bytes)
            used += taken.bytes
            if taken.lines > 0, shaped.isBehind(used) { continue }
            let (end, numbers) = gather(bytes + used, count: count - used, most: shaped.otherLines)
            if end == 0 {
                guard isLast else { return used }
                let rest = Line(start: used, end: count, number: 0)
                if !isBlank(bytes + used, count - used) {
                    readAlone(bytes, rest, isTail: true, place, used, &assembler)
                }
                place.advance(lines: 1, bytes: count - used)
                assembler.cover(lines: place.lines, bytes: place.bytes)
                return count
            }
            readLines(bytes + used, place, &assembler)
            place.advance(lines: numbers, bytes: end)
            assembler.cover(lines: place.lines, bytes: place.bytes)
            used += end
        }
        return used
    }

    /// Fills `lines` with the non-blank lines, up to about the bulk size. Returns their end, and the number of newlines.
    private mutating func gather(_ bytes: UnsafeMutablePointer<UInt8>, count: Int, most: Int) -> (end: Int, lines: Int) {
        lines.removeAll(keepingCapacity: true)
        var start = 0
        var number = 0
        while start < count, let found = memchr(bytes + start, 0x0A, count - start) {
            let end = found - UnsafeMutableRawPointer(bytes)
            if end > WireLimits.bulkBytes, start > 0 { break }
            if !isBlank(bytes + start, end - start) { lines.append(Line(start: start, end: end, number: number)) }
            start = end + 1
            number += 1
            if start >= WireLimits.bulkBytes || number >= most { break }
        }
        return (start, number)
    }

    /// White space only. Most lines are decided by their first byte.
    @inline(__always)
    private func isBlank(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int) -> Bool {
        var index = 0
        while index < count {
            let byte = bytes[index]
            if byte != 0x20 && byte != 0x09 && byte != 0x0D { return false }
            index += 1
        }
        return true
    }

    private mutating func readLines(
        _ bytes: UnsafeMutablePointer<UInt8>, _ place: InputPlace, _ assembler: inout BlockAssembler
    ) {
        guard let last = lines.last else { return }
        var done = 0
        if last.end <= WireLimits.bulkBytes, let bulk { done = readBulk(bulk, bytes, place, &assembler) }
        while done < lines.count {
            readAlone(bytes, lines[done], isTail: false, place, 0, &assembler)
            done += 1
        }
    }

    /// Parses all of `lines` at once. Returns the number of lines processed.
    private mutating func readBulk(
        _ parser: JSONParser, _ bytes: UnsafeMutablePointer<UInt8>, _ place: InputPlace, _ assembler: inout BlockAssembler
    ) -> Int {
        // Positions on the tape are relative to the bracket.
        let text = bytes + lines[0].start - 1
        let origin = lines[0].start - 1
        for index in 0..<lines.count - 1 {
            bytes[lines[index].end] = UInt8(ascii: ",")
            for blank in lines[index].end + 1..<lines[index + 1].start { bytes[blank] = 0x20 }
        }
        let end = lines[lines.count - 1].end
        text[0] = UInt8(ascii: "[")
        bytes[end] = UInt8(ascii: "]")
        guard parser.parse(text, count: end - origin + 1) == VARVE_JSON_OK else {
            restore(bytes)
            return 0
        }
        let tape = parser.tape
        // Word 0 is the root, word 1 the bracket; token 0 is the bracket.
        var at = 2
        var token = 1
        for index in lines.indices {
            let line = lines[index]
            let outcome = read(tape, at, token, &assembler)
            let tokens: Int =
                if case .row(_, let count) = outcome, count > 0 { count } else { tape.tokenCount(of: at) }
            token += tokens
            guard token < tape.tokenCount, Int(tape.tokens[token]) == line.end - origin else {
                if case .row = outcome { assembler.builder.discardRow() }
                restore(bytes)
                return index
            }
            token += 1
            let element = at
            at = tape.after(at)
            switch outcome {
            case .row(let observed, tokens: _):
                if index == 0, shaped.expectsShape, !reader.keepsObserved {
                    shaped.learn(tape, at: element, from: &reader, assembler)
                }
                assembler.cover(lines: place.lines + line.number + 1, bytes: place.bytes + UInt64(line.end + 1))
                assembler.endRow(
                    line: place.lines + line.number + 1, observed: observed,
                    record: UnsafeRawBufferPointer(start: bytes + line.start, count: line.end - line.start),
                    offset: place.bytes + UInt64(line.start))
            case .refused(let problem):
                reject(bytes, line, problem, place, &assembler)
            }
        }
        return lines.count
    }

    /// Reads the event at `at`; if the batch would exceed its limits it is closed and the event starts the next one.
    @inline(__always)
    mutating func read(
        _ tape: JSONTape, _ at: Int, _ token: Int, _ assembler: inout BlockAssembler
    ) -> EventReader.Outcome {
        let outcome = reader.read(tape, at: at, token: token, into: &assembler)
        guard case .row = outcome, !assembler.rowFits else { return outcome }
        assembler.restart()
        let second = reader.read(tape, at: at, token: token, into: &assembler)
        guard case .row = second, !assembler.rowFits else { return second }
        assembler.builder.discardRow()
        return .refused(BlockAssembler.tooLarge)
    }

    private func restore(_ bytes: UnsafeMutablePointer<UInt8>) {
        for line in lines { bytes[line.end] = 0x0A }
    }
}
