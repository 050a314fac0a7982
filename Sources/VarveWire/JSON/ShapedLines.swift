internal import Foundation
internal import VarveEvents

/// Reads runs of lines with known shapes, before the full parser reads the others. Telemetry repeats a few shapes, and a full
/// parse would build a tape of every value only to walk it once.
///
///     text ──▶ tokens (simdjson) ──▶ `LineWalker` by `LineShapes` ──▶ `PendingRows` ──▶ builder, column by column
///                                          │ another line
///                                          ▼
///                                     a few lines for `EventReader`, the first of which adds its shape
struct ShapedLines: ~Copyable {
    private var shapes = LineShapes()
    private var rows = PendingRows()
    private let parser = JSONParser(capacity: WireLimits.bulkBytes + 2, depth: 1)
    private var generation = 1
    /// The range of this call's bytes whose tokens have been found.
    private var chunk = 0..<0
    private var tokens: JSONTokens?
    private var token = 0
    private var nextBackslash = 0
    private var nextDelete = 0
    /// The number of lines to parse fully before the next try.
    private(set) var otherLines = 1
    /// Whether the first of them may have a new shape.
    private(set) var expectsShape = true
    /// The minimum number of consecutive lines that pays: adding a run of rows costs as much as parsing several lines.
    private static let worthwhile = 64
    /// The number of bytes to try while it is unknown whether the walk pays.
    private static let trialBytes = 16 << 10
    private static let otherLinesMax = 1_024

    /// The bytes of later calls are at another address.
    mutating func begin() {
        chunk = 0..<0
        tokens = nil
    }

    /// Whether `start` is after the range whose tokens have been found.
    func isBehind(_ start: Int) -> Bool { start >= chunk.upperBound }

    /// Reads lines from `start` on, the beginning of a line, as long as their shapes are known. `place` is the position of
    /// `start`. Returns the number of lines, and their bytes.
    mutating func read(
        _ bytes: UnsafePointer<UInt8>, from start: Int, count: Int, clock: EventClock, place: InputPlace,
        into assembler: inout BlockAssembler
    ) -> (lines: Int, bytes: Int) {
        guard !assembler.keepsRecords else { return giveUp() }
        forgetIfRenewed(assembler)
        if shapes.isEmpty { return giveUp() }
        if start >= chunk.upperBound { index(bytes, start, count) }
        if chunk.isEmpty { return (0, 0) }
        // A value takes at most four times as many bytes in a batch as in the text, so the batch has room for all.
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

    /// Learns the shape of an accepted event that was fully parsed.
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

    /// Finds the tokens of the complete lines from `start` on: as many bytes as a bulk, or a few for a try.
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

    /// The position of the next byte that needs a full parse, a backslash or a DEL.
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
