internal import CSimdjson
internal import VarveEvents

/// simdjson's parser for texts up to a capacity, with the tape of the latest one. `varve_simdjson.h` describes the tape.
final class JSONParser {
    fileprivate let parser: OpaquePointer
    private(set) var tape: JSONTape
    let capacity: Int

    /// Nil if memory allocation fails.
    init?(capacity: Int, depth: Int) {
        guard let parser = varve_json_create(capacity, depth) else { return nil }
        self.parser = parser
        self.capacity = capacity
        tape = JSONTape()
    }

    deinit {
        varve_json_destroy(parser)
    }

    /// Parses one document; `bytes` must have `ByteWindow.margin` readable bytes after it. The tape is valid until the next
    /// call.
    func parse(_ bytes: UnsafePointer<UInt8>, count: Int) -> varve_json_error {
        var result = varve_json_result()
        let error = varve_json_parse(parser, bytes, count, &result)
        guard error == VARVE_JSON_OK, let words = result.tape, let strings = result.strings, let tokens = result.tokens else {
            return error == VARVE_JSON_OK ? VARVE_JSON_MEMORY : error
        }
        tape = JSONTape(
            words: words, strings: UnsafeRawPointer(strings), tokens: tokens, tokenCount: result.token_count, text: bytes)
        return VARVE_JSON_OK
    }
}

/// The token positions of a text: all structural characters and the first byte of every scalar, in order. A plain view, valid
/// until its parser's next call.
struct JSONTokens {
    var places = UnsafePointer<UInt32>(bitPattern: 8)!
    var count = 0
}

extension JSONParser {
    /// Only finds the tokens of the documents in `bytes`. Nil if they are not UTF-8, or a string is unclosed or contains a
    /// control character.
    func tokens(_ bytes: UnsafePointer<UInt8>, count: Int) -> JSONTokens? {
        var result = varve_json_result()
        guard varve_json_index(parser, bytes, count, &result) == VARVE_JSON_OK, let places = result.tokens else { return nil }
        return JSONTokens(places: places, count: result.token_count)
    }
}

/// A parsed document in simdjson's format. A plain view: the holder must keep the parser alive and unused.
struct JSONTape {
    var words = UnsafePointer<UInt64>(bitPattern: 8)!
    var strings = UnsafeRawPointer(bitPattern: 8)!
    var tokens = UnsafePointer<UInt32>(bitPattern: 8)!
    var tokenCount = 0
    /// The parsed text; token positions are relative to it.
    var text: UnsafePointer<UInt8>?

    @inline(__always) func type(_ index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: words[index] >> 56)
    }

    @inline(__always) func payload(_ index: Int) -> Int {
        Int(words[index] & 0x00FF_FFFF_FFFF_FFFF)
    }

    /// The index of the word after the value at `index`.
    @inline(__always) func after(_ index: Int) -> Int {
        switch type(index) {
        case Tag.object, Tag.array: Int(words[index] & 0xFFFF_FFFF)
        case Tag.int64, Tag.uint64, Tag.double: index + 2
        default: index + 1
        }
    }

    /// The number of members of the object or array at `index`. Exact below 16 million, more than a line can have.
    @inline(__always) func memberCount(_ index: Int) -> Int {
        Int(words[index] >> 32 & 0xFF_FFFF)
    }

    @inline(__always) func int64(_ index: Int) -> Int64 {
        Int64(bitPattern: words[index + 1])
    }

    @inline(__always) func double(_ index: Int) -> Double {
        Double(bitPattern: words[index + 1])
    }

    /// The unescaped bytes of the string at `index`: valid UTF-8.
    @inline(__always) func string(_ index: Int) -> UnsafeRawBufferPointer {
        let text = strings + payload(index)
        return UnsafeRawBufferPointer(start: text + 4, count: Int(text.loadUnaligned(as: UInt32.self)))
    }

    /// The number of tokens of the value at `index` in the text: brackets, colons, commas and scalars.
    func tokenCount(of index: Int) -> Int {
        let end = after(index)
        var count = 0
        var at = index
        while at < end {
            switch type(at) {
            case Tag.object:
                count += 2 + memberCount(at) + max(memberCount(at) - 1, 0)
                at += 1
            case Tag.array:
                count += 2 + max(memberCount(at) - 1, 0)
                at += 1
            case Tag.objectEnd, Tag.arrayEnd:
                at += 1
            default:
                count += 1
                at = after(at)
            }
        }
        return count
    }
}

/// The types of a tape word.
enum Tag {
    static let object = UInt8(ascii: "{")
    static let objectEnd = UInt8(ascii: "}")
    static let array = UInt8(ascii: "[")
    static let arrayEnd = UInt8(ascii: "]")
    static let string = UInt8(ascii: "\"")
    static let int64 = UInt8(ascii: "l")
    static let uint64 = UInt8(ascii: "u")
    static let double = UInt8(ascii: "d")
    static let yes = UInt8(ascii: "t")
    static let no = UInt8(ascii: "f")
    static let null = UInt8(ascii: "n")

    /// The name of this type in messages.
    static func name(_ tag: UInt8) -> String {
        switch tag {
        case object: "an object"
        case array: "a list"
        case string: "text"
        case int64, uint64: "an integer"
        case double: "a number with a fraction"
        case yes, no: "a boolean"
        default: "null"
        }
    }
}

extension JSONWriter {
    /// Writes the value at `index` of `tape` as minified text. A flat loop over the words, so nesting depth costs nothing.
    mutating func value(_ tape: JSONTape, _ index: Int) {
        let end = tape.after(index)
        var at = index
        // Per open container: whether it is an object, and whether its next string is a key.
        var isObject: [Bool] = []
        var isKey = false
        var isFirst = true
        while at < end {
            let type = tape.type(at)
            let closes = type == Tag.objectEnd || type == Tag.arrayEnd
            if !closes, !isFirst { raw(UInt8(ascii: ",")) }
            isFirst = false
            switch type {
            case Tag.object, Tag.array:
                raw(type)
                isObject.append(type == Tag.object)
                isKey = type == Tag.object
                isFirst = true
                at += 1
                continue
            case Tag.objectEnd, Tag.arrayEnd:
                raw(type)
                isObject.removeLast()
            case Tag.string:
                string(utf8: tape.string(at))
                if isKey {
                    raw(UInt8(ascii: ":"))
                    isKey = false
                    isFirst = true
                    at += 1
                    continue
                }
            case Tag.int64: raw(String(tape.int64(at)))
            case Tag.uint64: raw(String(tape.words[at + 1]))
            case Tag.double: double(tape.double(at))
            case Tag.yes: raw("true")
            case Tag.no: raw("false")
            default: raw("null")
            }
            at = closes ? at + 1 : tape.after(at)
            isKey = isObject.last ?? false
        }
    }
}
