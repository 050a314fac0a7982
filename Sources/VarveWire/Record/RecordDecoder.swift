internal import CSimdjson
internal import Foundation
internal import VarveEvents

/// Decodes lines of a system's own JSON to rows. A line is one record, or a list of records as they are sent in batches. A line
/// with an error is refused as a whole, with all its events.
struct RecordDecoder: ~Copyable {
    private var reader: RecordReader
    private let parser: JSONParser?
    private var found: [FoundRow] = []

    init(_ mapping: RecordMapping, clock: EventClock) {
        reader = RecordReader(mapping, clock: clock)
        parser = JSONParser(capacity: WireLimits.bulkBytes + 2, depth: WireLimits.jsonDepth + 1)
    }

    /// The names dropped, with counts.
    var leftOut: [String: Int] { reader.leftOut }

    mutating func set(now: Timestamp) { reader.clock.set(now: now) }

    /// Decodes the complete lines of `count` bytes; with `isLast` also the rest without a newline. Returns the bytes consumed.
    mutating func decode(
        _ bytes: UnsafeMutablePointer<UInt8>, count: Int, isLast: Bool, place: inout InputPlace,
        into assembler: inout BlockAssembler
    ) -> Int {
        var used = 0
        while used < count {
            let newline = memchr(bytes + used, 0x0A, count - used).map { $0 - UnsafeMutableRawPointer(bytes) }
            guard newline != nil || isLast else { return used }
            let end = newline ?? count
            let next = newline.map { $0 + 1 } ?? count
            let line = UnsafeMutableBufferPointer(start: bytes + used, count: end - used)
            let offset = place.bytes
            place.advance(lines: 1, bytes: next - used)
            used = next
            assembler.cover(lines: place.lines, bytes: place.bytes)
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            if let problem = read(line, isTail: newline == nil, Place(line: place.lines, offset: offset), &assembler) {
                assembler.reject(Rejection(problem, UnsafeRawBufferPointer(line), line: place.lines, offset: offset))
            }
        }
        return used
    }

    private struct Place {
        var line: Int
        var offset: UInt64
    }

    private mutating func read(
        _ line: UnsafeMutableBufferPointer<UInt8>, isTail: Bool, _ place: Place, _ assembler: inout BlockAssembler
    ) -> Problem? {
        guard line.count <= WireLimits.lineBytes else {
            return Problem(.lineTooLong, "the line has \(line.count) bytes, \(WireLimits.lineBytes) are allowed")
        }
        let large = line.count > WireLimits.bulkBytes ? JSONParser(capacity: line.count, depth: WireLimits.jsonDepth + 1) : parser
        guard let parser = large, let base = line.baseAddress else {
            return Problem(.lineTooLong, "no memory to parse a line of \(line.count) bytes")
        }
        let error = parser.parse(base, count: line.count)
        guard error == VARVE_JSON_OK else { return JSONFault(UnsafeRawBufferPointer(line)).problem(error, isTail: isTail) }
        found.removeAll(keepingCapacity: true)
        if let problem = reader.find(parser.tape, at: 1, into: &found) { return problem }
        for row in found {
            if let problem = write(row, parser.tape, UnsafeRawBufferPointer(line), place, &assembler) { return problem }
        }
        return nil
    }

    /// Only a row as large as a whole batch can still be refused here; it is then the only one of its line.
    private mutating func write(
        _ row: FoundRow, _ tape: JSONTape, _ line: UnsafeRawBufferPointer, _ place: Place, _ assembler: inout BlockAssembler
    ) -> Problem? {
        for _ in 0..<2 {
            reader.write(row, tape, into: &assembler)
            if assembler.rowFits {
                assembler.endRow(line: place.line, observed: nil, record: line, offset: place.offset)
                return nil
            }
            assembler.restart()
        }
        return BlockAssembler.tooLarge
    }
}
