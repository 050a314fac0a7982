internal import Foundation
internal import VarveEvents

/// Lines of known shapes, a stretch at a time, ahead of the reader that takes all others. Telemetry repeats a few shapes, and
/// what such lines cost otherwise is a tape of every value that is walked once and forgotten.
///
///     text ──▶ tokens (simdjson) ──▶ `LineWalker` by `LineShapes` ──▶ `PendingRows` ──▶ builder, column by column
///                                          │ another line
///                                          ▼
///                                     a few lines for `EventReader`, whose first teaches its shape
struct ShapedLines: ~Copyable {
    private var shapes = LineShapes()
    private var rows = PendingRows()
    private let parser = JSONParser(capacity: WireLimits.bulkBytes + 2, depth: 1)
    private var generation = 1
    /// What of the bytes of this call has been looked through for tokens.
    private var chunk = 0..<0
    private var tokens: JSONTokens?
    private var token = 0
    private var nextBackslash = 0
    private var nextDelete = 0
    /// How many lines are to be read in the other way before the next try.
    private(set) var otherLines = 1
    /// Whether the first of them may have a new shape.
    private(set) var expectsShape = true
    /// So many lines in a row were worth trying: handing a stretch over costs what parsing some lines does.
    private static let worthwhile = 64
    /// How much is looked through while it is not known whether that is worthwhile.
    private static let trialBytes = 16 << 10
    private static let otherLinesMax = 1_024

    /// The bytes given from here on stand elsewhere.
    mutating func begin() {
        chunk = 0..<0
        tokens = nil
    }

    /// Whether `start` is not within what has been looked through.
    func isBehind(_ start: Int) -> Bool { start >= chunk.upperBound }

    /// Takes lines from `start` on, the beginning of a line, as long as their shapes are known. `place` is that of `start`.
    /// Returns how many, and their bytes.
    mutating func read(
        _ bytes: UnsafePointer<UInt8>, from start: Int, count: Int, clock: EventClock, place: InputPlace,
        into assembler: inout BlockAssembler
    ) -> (lines: Int, bytes: Int) {
        guard !assembler.keepsRecords else { return giveUp() }
        forgetIfRenewed(assembler)
        if shapes.isEmpty { return giveUp() }
        if start >= chunk.upperBound { index(bytes, start, count) }
        if chunk.isEmpty { return (0, 0) }
        // A value takes at most four times the bytes in a batch that it takes in a text, and so the batch has room for all.
        guard let tokens, assembler.builder.byteCount + 4 * chunk.count < EventLimits.bytesPerBatch else { return giveUp() }
        let text = bytes + chunk.lowerBound
        let end = chunk.count
        var at = start - chunk.lowerBound
        while token < tokens.count, Int(tokens.places[token]) < at { token += 1 }
        let walker = LineWalker(
            text: text, tokens: tokens.places, tokenCount: tokens.count, clock: clock,
            plainEnd: plainEnd(text, from: at, to: end))
        var lines = 0
        while at < end, generation == assembler.generation {
            let limit = min(PendingRows.rowsMax, assembler.builder.roomForRows)
            let walked = walker.walk(shapes, from: at, token: &token, to: end, rowLimit: limit, into: rows)
            expectsShape = walked.isNewShape
            guard walked.lines > 0 else { break }
            at = walked.end
            rows.flush(rowCount: walked.lines, text: text, into: &assembler.builder)
            lines += walked.lines
            assembler.cover(lines: place.lines + lines, bytes: place.bytes + UInt64(chunk.lowerBound + at - start))
            assembler.endRows(walked.lines, lastLine: place.lines + lines)
            if walked.lines < limit { break }
        }
        if at < end || lines >= Self.worthwhile { note(lines) }
        return (lines, chunk.lowerBound + at - start)
    }

    /// Remembers the shape of an event that was taken in the other way.
    mutating func learn(_ tape: JSONTape, at index: Int, from reader: inout EventReader, _ assembler: borrowing BlockAssembler) {
        forgetIfRenewed(assembler)
        reader.learn(tape, at: index, &shapes, &rows)
        if shapes.isFull { shapes.removeAll() }
    }

    private mutating func giveUp() -> (lines: Int, bytes: Int) {
        expectsShape = true
        note(0)
        return (0, 0)
    }

    private mutating func note(_ lines: Int) {
        if lines >= Self.worthwhile {
            otherLines = 1
        } else {
            otherLines = min(otherLines * 2, Self.otherLinesMax)
        }
    }

    private mutating func forgetIfRenewed(_ assembler: borrowing BlockAssembler) {
        guard generation != assembler.generation else { return }
        generation = assembler.generation
        shapes.removeAll()
        rows.removeAll()
    }

    /// Finds the tokens of the whole lines from `start` on: as many bytes as a bulk has, or a few to try.
    private mutating func index(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ count: Int) {
        let most = min(count - start, otherLines > 1 ? Self.trialBytes : WireLimits.bulkBytes)
        tokens = nil
        token = 0
        var end = start + most
        while end > start, bytes[end - 1] != 0x0A { end -= 1 }
        chunk = start..<end
        guard end > start else { return }
        tokens = parser?.tokens(bytes + start, count: chunk.count)
        nextBackslash = 0
        nextDelete = 0
        nextBackslash = find(0x5C, bytes + start, from: 0, to: chunk.count)
        nextDelete = find(0x7F, bytes + start, from: 0, to: chunk.count)
    }

    /// The next place of what needs a closer look, a backslash or a DEL.
    private mutating func plainEnd(_ text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        if nextBackslash < start { nextBackslash = find(0x5C, text, from: start, to: end) }
        if nextDelete < start { nextDelete = find(0x7F, text, from: start, to: end) }
        return min(nextBackslash, nextDelete)
    }

    private func find(_ byte: Int32, _ text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        guard let found = memchr(text + start, byte, end - start) else { return end }
        return found - UnsafeMutableRawPointer(mutating: text)
    }
}
