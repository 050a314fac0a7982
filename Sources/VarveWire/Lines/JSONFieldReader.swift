internal import CSimdjson

/// Reads the members of a JSON object; members of nested objects have dotted names: `log.level`. Lists stay JSON; the first
/// text of a list is `NAME[0]`, if a mapping uses it.
struct JSONFieldReader: FieldReader {
    private let parser = JSONParser(capacity: WireLimits.bulkBytes + 2, depth: WireLimits.jsonDepth + 1)
    private var numbers = NumberPlaces()
    /// journald writes values that are not text as a list of bytes.
    private let takesByteLists: Bool

    init(takesByteLists: Bool = false) {
        self.takesByteLists = takesByteLists
    }

    mutating func read(_ line: UnsafeRawBufferPointer, isTail: Bool, into record: inout FieldRecord) -> FieldReading {
        read(line, isTail: isTail, isQuoted: false, into: &record)
    }

    /// - Parameter isQuoted: Whether integers beyond 64 bits, which are kept as their digits, have been put in quotes.
    private mutating func read(
        _ line: UnsafeRawBufferPointer, isTail: Bool, isQuoted: Bool, into record: inout FieldRecord
    ) -> FieldReading {
        let large = line.count > WireLimits.bulkBytes ? JSONParser(capacity: line.count, depth: WireLimits.jsonDepth + 1) : parser
        guard let parser = large, let base = line.baseAddress else {
            return .refused(Problem(.lineTooLong, "no memory to parse a line of \(line.count) bytes"))
        }
        let error = parser.parse(base.assumingMemoryBound(to: UInt8.self), count: line.count)
        if error == VARVE_JSON_NUMBER, !isQuoted, let quoted = NumberQuotes.longIntegers(line) {
            return quoted.withUnsafeBytes {
                let line = UnsafeRawBufferPointer(rebasing: $0[..<(quoted.count - ByteWindow.margin)])
                return read(line, isTail: isTail, isQuoted: true, into: &record)
            }
        }
        guard error == VARVE_JSON_OK else { return .refused(JSONFault(line).problem(error, isTail: isTail)) }
        // The tape's strings are freed with the parser, so those of a temporary parser are copied.
        let tape = parser.tape
        let copies = isQuoted || line.count > WireLimits.bulkBytes
        guard tape.type(1) == Tag.object else {
            return .refused(Problem(.notAnObject, "a record is an object, not \(Tag.name(tape.type(1)))"))
        }
        guard tape.memberCount(1) <= WireLimits.attributesPerEvent else { return .refused(tooManyKeys(tape.memberCount(1))) }
        numbers.removeAll()
        return withExtendedLifetime(parser) { readMembers(tape, copies: copies, &record) }
    }

    private mutating func readMembers(_ tape: JSONTape, copies: Bool, _ record: inout FieldRecord) -> FieldReading {
        let end = tape.after(1) - 1
        var path: [UInt8] = []
        // Per open object: its end, and the length of the path around it.
        var open: [(end: Int, path: Int)] = []
        var fields = 0
        var at = 2
        while at < end {
            if let last = open.last, at == last.end {
                open.removeLast()
                path.removeLast(path.count - last.path)
                at += 1
                continue
            }
            let around = path.count
            if around > 0 { path.append(0x2E) }
            path += tape.string(at)
            let value = at + 1
            let isWanted = path.withUnsafeBytes { record.slot($0) != nil || record.drops($0) }
            if tape.type(value) == Tag.object, !isWanted, tape.memberCount(value) > 0 {
                open.append((tape.after(value) - 1, around))
                at = value + 1
                continue
            }
            if tape.type(value) == Tag.array, tape.memberCount(value) > 0, !isWanted, tape.type(value + 1) == Tag.string {
                // `NAME[0]`: the first element of a list, if a mapping uses it.
                let first = path + Array("[0]".utf8)
                if first.withUnsafeBytes({ record.slot($0) }) != nil {
                    record.set(record.arena.keep(first), FieldValue(text: record.arena.keep(tape.string(value + 1))))
                    // The others are kept with the whole list.
                    if tape.memberCount(value) == 1 {
                        path.removeLast(path.count - around)
                        at = tape.after(value)
                        continue
                    }
                }
            }
            fields += 1
            guard fields <= WireLimits.attributesPerEvent else { return .refused(tooManyKeys(fields)) }
            switch field(tape, value, copies: copies, record.arena) {
            case .success(let field): record.set(record.arena.keep(path), field)
            case .failure(let failure): return .refused(failure.problem)
            }
            path.removeLast(path.count - around)
            at = tape.after(value)
        }
        return .fields
    }

    private mutating func field(
        _ tape: JSONTape, _ value: Int, copies: Bool, _ arena: TextArena
    ) -> Result<FieldValue, RecordTime.Failure> {
        switch tape.type(value) {
        case Tag.string:
            let text = tape.string(value)
            return .success(FieldValue(text: copies ? arena.keep(text) : text))
        case Tag.int64: return .success(.int64(tape.int64(value)))
        case Tag.double:
            let text = numbers.text(tape, value).map { arena.keep($0) } ?? arena.keep(tape.double(value).description)
            return .success(.double(tape.double(value), text: text))
        case Tag.yes, Tag.no: return .success(.bool(tape.type(value) == Tag.yes))
        case Tag.null: return .success(.absent)
        case Tag.uint64:
            // An integer out of range: kept as its digits.
            return .success(.text(arena.keep(String(tape.words[value + 1]))))
        default:
            if takesByteLists, let text = byteList(tape, value, arena) { return .success(FieldValue(text: text)) }
            var json = JSONWriter()
            json.value(tape, value)
            return .success(.json(arena.keep(json.bytes)))
        }
    }

    /// The text of a list of bytes; nil if it is another list, or not UTF-8.
    private func byteList(_ tape: JSONTape, _ index: Int, _ arena: TextArena) -> UnsafeRawBufferPointer? {
        guard tape.type(index) == Tag.array, tape.memberCount(index) > 0 else { return nil }
        var bytes: [UInt8] = []
        var at = index + 1
        while at < tape.after(index) - 1 {
            guard tape.type(at) == Tag.int64, let byte = UInt8(exactly: tape.int64(at)) else { return nil }
            bytes.append(byte)
            at = tape.after(at)
        }
        return String(validating: bytes, as: UTF8.self) == nil ? nil : arena.keep(bytes)
    }
}
