internal import VarveEvents

/// A value of a record as a field of an event: a scalar as it is, a list as JSON, and a map as a field for each of its members.
enum FluentValue {
    case text(UnsafeRawBufferPointer)
    case int64(Int64)
    case double(Double)
    case bool(Bool)
    case json(UnsafeRawBufferPointer)
    /// The pairs follow.
    case map(Int)

    /// Nil for what no field can hold: nothing, and times inside records.
    static func read(_ reader: inout MessagePackReader, _ arena: TextArena) throws(DocumentFault) -> FluentValue? {
        switch try reader.next() {
        case .null, .other: return nil
        case .bool(let flag): return .bool(flag)
        case .int64(let number): return .int64(number)
        case .uint64(let number): return .text(arena.keep("\(number)"))
        case .double(let number): return .double(number)
        case .text(let text): return .text(text)
        case .data(let data): return .text(isUTF8(data) ? data : arena.keep(JSONLine.base64(Array(data))))
        case .map(let count): return .map(count)
        case .array(let count):
            var json = JSONWriter()
            try write(.array(count), &reader, &json, depth: 1)
            return .json(arena.keep(json.bytes))
        }
    }

    /// Sets the field `path`, or those below it.
    static func set(
        _ value: FluentValue?, _ reader: inout MessagePackReader, _ path: inout [UInt8], _ rows: inout DocumentRows, depth: Int
    ) throws(DocumentFault) {
        switch value {
        case nil: break
        case .text(let text)?: if let value = rows.text(text) { set(path, value, &rows) }
        case .json(let text)?: set(path, .json(text), &rows)
        case .int64(let number)?: set(path, .int64(number), &rows)
        case .double(let number)?:
            set(path, number.isFinite ? .double(number) : .text(rows.arena.keep("\(number)")), &rows)
        case .bool(let flag)?: set(path, .bool(flag), &rows)
        case .map(let count)?:
            guard depth < WireLimits.jsonDepth else { throw tooDeep }
            let around = path.count
            for _ in 0..<count {
                path.append(0x2E)
                path += try FluentForward.key(&reader)
                let inner = try read(&reader, rows.arena)
                try set(inner, &reader, &path, &rows, depth: depth + 1)
                path.removeLast(path.count - around)
            }
        }
    }

    private static func set(_ path: [UInt8], _ value: DocumentRows.Value, _ rows: inout DocumentRows) {
        path.withUnsafeBytes { rows.attribute($0, value, prefix: "record.") }
    }

    private static let tooDeep = DocumentFault(.tooDeep, "a record has more than \(WireLimits.jsonDepth) maps in each other")

    private static func write(
        _ value: MessagePackReader.Value, _ reader: inout MessagePackReader, _ json: inout JSONWriter, depth: Int
    ) throws(DocumentFault) {
        switch value {
        case .null, .other: json.raw("null")
        case .bool(let flag): json.raw(flag ? "true" : "false")
        case .int64(let number): json.raw("\(number)")
        case .uint64(let number): json.raw("\(number)")
        case .double(let number): json.double(number)
        case .text(let text), .data(let text): json.string(String(decoding: text, as: UTF8.self))
        case .array(let count):
            guard depth < WireLimits.jsonDepth else { throw tooDeep }
            json.raw("[")
            for place in 0..<count {
                if place > 0 { json.raw(",") }
                try write(try reader.next(), &reader, &json, depth: depth + 1)
            }
            json.raw("]")
        case .map(let count):
            guard depth < WireLimits.jsonDepth else { throw tooDeep }
            json.raw("{")
            for place in 0..<count {
                if place > 0 { json.raw(",") }
                json.string(String(decoding: try FluentForward.key(&reader), as: UTF8.self))
                json.raw(":")
                try write(try reader.next(), &reader, &json, depth: depth + 1)
            }
            json.raw("}")
        }
    }
}
