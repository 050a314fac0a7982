internal import CSimdjson
internal import VarveEvents

/// Lines that are parsed one by one.
extension NDJSONDecoder {
    /// Parses one line. `origin` is the position of `place` in `bytes`.
    mutating func readAlone(
        _ bytes: UnsafeMutablePointer<UInt8>, _ line: Line, isTail: Bool, _ place: InputPlace, _ origin: Int,
        _ assembler: inout BlockAssembler
    ) {
        let count = line.end - line.start
        let text = bytes + line.start
        let here = Line(start: line.start - origin, end: line.end - origin, number: line.number)
        var problem: Problem?
        if count > WireLimits.lineBytes {
            problem = Problem(.lineTooLong, "the line has \(count) bytes, \(WireLimits.lineBytes) are allowed")
        } else if count <= WireLimits.bulkBytes, let single {
            problem = parseAlone(single, text, count, isTail, here, place, covering: here.end, &assembler)
        } else if let large = JSONParser(capacity: count, depth: WireLimits.jsonDepth + 1) {
            problem = parseAlone(large, text, count, isTail, here, place, covering: here.end, &assembler)
        } else {
            problem = Problem(.lineTooLong, "no memory to parse a line of \(count) bytes")
        }
        if let problem { reject(bytes + origin, here, problem, place, &assembler) }
    }

    private mutating func parseAlone(
        _ parser: JSONParser, _ text: UnsafeMutablePointer<UInt8>, _ count: Int, _ isTail: Bool, _ line: Line,
        _ place: InputPlace, covering end: Int, _ assembler: inout BlockAssembler
    ) -> Problem? {
        let error = parser.parse(text, count: count)
        guard error == VARVE_JSON_OK else {
            let raw = UnsafeRawBufferPointer(start: text, count: count)
            let plain = padding.strip(raw)
            if plain.count < count {
                if plain.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return nil }
                let start = line.start + padding.front
                let inner = Line(start: start, end: start + plain.count, number: line.number)
                return parseAlone(
                    parser, text + padding.front, plain.count, isTail, inner, place, covering: end, &assembler)
            }
            if error == VARVE_JSON_NUMBER, let quoted = NumberQuotes.envelope(raw) {
                return parseQuoted(quoted, raw, isTail, line, place, covering: end, &assembler)
            }
            var problem = JSONFault(raw).problem(error, isTail: isTail)
            if text[0] != UInt8(ascii: "{") { problem.hint = FormatGuess.hint(raw, readAs: .ndjson) ?? problem.hint }
            return problem
        }
        let record = UnsafeRawBufferPointer(start: text, count: count)
        return take(parser.tape, record, isTail, line, place, covering: end, &assembler)
    }

    /// Parses a line again, after some of its numbers were put in quotes.
    private mutating func parseQuoted(
        _ quoted: [UInt8], _ record: UnsafeRawBufferPointer, _ isTail: Bool, _ line: Line, _ place: InputPlace,
        covering end: Int, _ assembler: inout BlockAssembler
    ) -> Problem? {
        let count = quoted.count - ByteWindow.margin
        guard let parser = JSONParser(capacity: count, depth: WireLimits.jsonDepth + 1) else {
            return Problem(.lineTooLong, "no memory to parse a line of \(count) bytes")
        }
        // The tape's positions are those of the quoted text, which must stay where it is.
        return quoted.withUnsafeBufferPointer { text -> Problem? in
            guard let base = text.baseAddress else { return nil }
            let error = parser.parse(base, count: count)
            guard error == VARVE_JSON_OK else { return JSONFault(record).problem(error, isTail: isTail) }
            return take(parser.tape, record, isTail, line, place, covering: end, &assembler)
        }
    }

    /// Reads the event of one line.
    private mutating func take(
        _ tape: JSONTape, _ record: UnsafeRawBufferPointer, _ isTail: Bool, _ line: Line, _ place: InputPlace,
        covering end: Int, _ assembler: inout BlockAssembler
    ) -> Problem? {
        switch read(tape, 1, 0, &assembler) {
        case .refused(let problem): return problem
        case .row(let observed, tokens: _):
            assembler.cover(lines: place.lines + line.number + 1, bytes: place.bytes + UInt64(end + (isTail ? 0 : 1)))
            assembler.endRow(
                line: place.lines + line.number + 1, observed: observed, record: record,
                offset: place.bytes + UInt64(line.start))
            return nil
        }
    }

    func reject(
        _ bytes: UnsafeMutablePointer<UInt8>, _ line: Line, _ problem: Problem, _ place: InputPlace,
        _ assembler: inout BlockAssembler
    ) {
        let record = UnsafeRawBufferPointer(start: bytes + line.start, count: line.end - line.start)
        assembler.cover(lines: place.lines + line.number + 1, bytes: place.bytes + UInt64(line.end))
        assembler.reject(
            Rejection(problem, record, line: place.lines + line.number + 1, offset: place.bytes + UInt64(line.start)))
    }
}
