internal import VarveEvents

extension JSONTape {
    /// The value of a member; of several with one name the last. Nil for what is no object, has no such member, or has null.
    func member(_ object: Int?, _ name: StaticString) -> Int? {
        let wanted = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        var found: Int?
        forEachMember(object) { own, value in
            if own.count == wanted.count, own.elementsEqual(wanted), type(value) != Tag.null { found = value }
        }
        return found
    }

    /// A text; nil for anything else.
    func text(_ index: Int?) -> UnsafeRawBufferPointer? {
        guard let index, type(index) == Tag.string else { return nil }
        return string(index)
    }

    func text(_ object: Int?, _ name: StaticString) -> UnsafeRawBufferPointer? { text(member(object, name)) }

    func forEachMember(_ object: Int?, _ body: (UnsafeRawBufferPointer, Int) -> Void) {
        guard let object, type(object) == Tag.object else { return }
        let end = after(object) - 1
        var at = object + 1
        while at < end {
            body(string(at), at + 1)
            at = after(at + 1)
        }
    }

    /// The elements of a list; of anything else none.
    func elements(_ array: Int?) -> [Int] {
        guard let array, type(array) == Tag.array else { return [] }
        var found: [Int] = []
        let end = after(array) - 1
        var at = array + 1
        while at < end {
            found.append(at)
            at = after(at)
        }
        return found
    }
}

/// JSON of documents as fields of events.
extension DocumentRows {
    /// A value of JSON; nil for null. What no integer of 64 bits holds is text.
    mutating func value(_ tape: JSONTape, _ index: Int) -> Value? {
        switch tape.type(index) {
        case Tag.string: return .text(tape.string(index))
        case Tag.int64: return .int64(tape.int64(index))
        case Tag.uint64: return .text(arena.keep(String(tape.words[index + 1])))
        case Tag.double: return .double(tape.double(index))
        case Tag.yes, Tag.no: return .bool(tape.type(index) == Tag.yes)
        case Tag.null: return nil
        default:
            var json = JSONWriter()
            json.value(tape, index)
            return .json(arena.keep(json.bytes))
        }
    }

    /// Sets the members of an object as attributes; those of objects inside it have the names around theirs, with points.
    mutating func flatten(_ tape: JSONTape, _ object: Int?, prefix: StaticString = "", without: Set<String> = []) {
        guard let object, tape.type(object) == Tag.object else { return }
        var path = Array(UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
        let outer = path.count
        // Per open object: where it ends, and how long the path around it is.
        var open: [(end: Int, path: Int)] = [(tape.after(object) - 1, path.count)]
        var at = object + 1
        while let last = open.last {
            if at >= last.end {
                open.removeLast()
                path.removeLast(path.count - last.path)
                at = last.end + 1
                continue
            }
            passed += 1 + tape.string(at).count >> 6
            let around = path.count
            if around > outer { path.append(0x2E) }
            path += tape.string(at)
            let inner = at + 1
            if open.count == 1, !without.isEmpty, without.contains(String(decoding: tape.string(at), as: UTF8.self)) {
                at = tape.after(inner)
            } else if tape.type(inner) == Tag.object, tape.memberCount(inner) > 0, open.count < WireLimits.jsonDepth {
                open.append((tape.after(inner) - 1, around))
                at = inner + 1
                continue
            } else {
                let value = value(tape, inner)
                if case .json(let text)? = value { passed += text.count >> 6 }
                if let value { path.withUnsafeBytes { attribute($0, value) } }
                at = tape.after(inner)
            }
            path.removeLast(path.count - around)
        }
    }

    /// The moment that a value is: text as RFC 3339 or like it, a number in the unit that its size tells. Nil for none, and for
    /// one that no event can have.
    func moment(_ tape: JSONTape, _ index: Int?) -> Int64? {
        guard let index else { return nil }
        let clock = EventClock(format: .auto, now: Timestamp(nanoseconds: clock.now))
        switch tape.type(index) {
        case Tag.string: return clock.nanoseconds(tape.string(index))
        case Tag.int64: return clock.nanoseconds(tape.int64(index))
        case Tag.double:
            let microseconds = (tape.double(index) * 1_000_000).rounded()
            guard let whole = Int64(exactly: microseconds) else { return nil }
            let (product, overflow) = whole.multipliedReportingOverflow(by: 1_000)
            return !overflow && clock.isPlausible(product) ? product : nil
        default: return nil
        }
    }

    /// Begins a row at the moment that a value is; without the value at the moment at which the document came.
    mutating func begin(_ signal: StaticString, _ tape: JSONTape, at index: Int?) {
        let time = moment(tape, index)
        begin(signal, time: time ?? clock.now)
        if index != nil, time == nil { refuse(Problem(.badTime, "the time is none")) }
    }

    /// Writes a value again, for the dead letters.
    func bytes(_ tape: JSONTape, _ index: Int) -> [UInt8] {
        var json = JSONWriter()
        json.value(tape, index)
        return json.bytes
    }

    /// Ends a row that was made from a value of JSON, which is written again where the row is refused.
    mutating func end(_ tape: JSONTape, _ index: Int) throws(DocumentFault) {
        let text = isRefused() ? kept.keep(bytes(tape, index)) : UnsafeRawBufferPointer(start: nil, count: 0)
        try end(text)
    }
}
