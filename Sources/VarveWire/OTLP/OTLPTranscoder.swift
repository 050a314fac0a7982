/// Converts OTLP JSON to OTLP protobuf, so that only one decoder interprets it. OTLP JSON differs from standard protobuf JSON:
/// ids are hexadecimal, keys are in camel case only, enumerations are numbers. Unknown fields are dropped, and 64-bit numbers
/// may be text.
struct OTLPTranscoder {
    private let tape: JSONTape
    private var output: [UInt8] = []
    /// The number of ids in base64, as in standard protobuf JSON.
    private(set) var base64IDs = 0
    /// The fixed size of a message's length prefix, because the length is only known after the message.
    private static let lengthBytes = 5

    init(_ tape: JSONTape) { self.tape = tape }

    /// The request as protobuf.
    mutating func message(_ format: InputFormat) throws(DocumentFault) -> [UInt8] {
        guard tape.type(1) == Tag.object else {
            throw DocumentFault(.notAnObject, "the document is \(Tag.name(tape.type(1))), not an object")
        }
        try fields(1, format == .otlpLogs ? .logs : format == .otlpTraces ? .traces : .metrics)
        return output
    }

    private mutating func fields(_ object: Int, _ schema: OTLPSchema) throws(DocumentFault) {
        let end = tape.after(object) - 1
        var at = object + 1
        while at < end {
            let value = at + 1
            let name = String(decoding: tape.string(at), as: UTF8.self)
            if let field = schema.field(name), tape.type(value) != Tag.null { try self.value(value, field, name) }
            at = tape.after(value)
        }
    }

    private mutating func value(_ index: Int, _ field: OTLPSchema.Field, _ name: String) throws(DocumentFault) {
        guard tape.type(index) == Tag.array else { return try one(index, field, name) }
        let end = tape.after(index) - 1
        var at = index + 1
        while at < end {
            if tape.type(at) != Tag.null { try one(at, field, name) }
            at = tape.after(at)
        }
    }

    private mutating func one(_ index: Int, _ field: OTLPSchema.Field, _ name: String) throws(DocumentFault) {
        switch field.kind {
        case .message(let schema):
            guard tape.type(index) == Tag.object else { throw wrong(index, name, "an object") }
            begin(field, 2)
            let start = output.count
            output.append(contentsOf: [0, 0, 0, 0, 0])
            try fields(index, schema)
            var length = output.count - start - Self.lengthBytes
            for place in 0..<Self.lengthBytes {
                output[start + place] = UInt8(truncatingIfNeeded: length & 0x7F) | (place < Self.lengthBytes - 1 ? 0x80 : 0)
                length >>= 7
            }
        case .text: data(field, try string(index, name))
        case .bytes:
            guard let bytes = Base64.decode(try string(index, name)) else { throw wrong(index, name, "base64") }
            bytes.withUnsafeBytes { data(field, $0) }
        case .traceID: try id(index, field, name, 16)
        case .spanID: try id(index, field, name, 8)
        case .flag:
            guard tape.type(index) == Tag.yes || tape.type(index) == Tag.no else { throw wrong(index, name, "true or false") }
            begin(field, 0)
            output.append(tape.type(index) == Tag.yes ? 1 : 0)
        case .varint:
            begin(field, 0)
            varint(try integer(index, name))
        case .zigzag:
            let number = Int64(bitPattern: try integer(index, name))
            begin(field, 0)
            varint(UInt64(bitPattern: number << 1 ^ number >> 63))
        case .fixed32:
            begin(field, 5)
            let number = UInt32(truncatingIfNeeded: try integer(index, name))
            withUnsafeBytes(of: number.littleEndian) { output.append(contentsOf: $0) }
        case .fixed64:
            begin(field, 1)
            let number = try integer(index, name)
            withUnsafeBytes(of: number.littleEndian) { output.append(contentsOf: $0) }
        case .double:
            begin(field, 1)
            let bits = try number(index, name).bitPattern
            withUnsafeBytes(of: bits.littleEndian) { output.append(contentsOf: $0) }
        }
    }

    private mutating func begin(_ field: OTLPSchema.Field, _ wire: UInt32) { varint(UInt64(field.number << 3 | wire)) }

    private mutating func varint(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        output.append(UInt8(truncatingIfNeeded: rest))
    }

    private mutating func data(_ field: OTLPSchema.Field, _ bytes: UnsafeRawBufferPointer) {
        begin(field, 2)
        varint(UInt64(bytes.count))
        output.append(contentsOf: bytes)
    }

    /// An id in hexadecimal digits or base64, distinguished by length. An id of any other length is kept unchanged, so that its
    /// record is refused.
    private mutating func id(_ index: Int, _ field: OTLPSchema.Field, _ name: String, _ count: Int) throws(DocumentFault) {
        let text = try string(index, name)
        if text.count == (count + 2) / 3 * 4, let bytes = Base64.decode(text), bytes.count == count {
            base64IDs += 1
            return bytes.withUnsafeBytes { data(field, $0) }
        }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: text.count - text.count % 2, by: 2) {
            guard let high = hexDigit(text[place]), let low = hexDigit(text[place + 1]) else {
                throw wrong(index, name, "hexadecimal digits")
            }
            bytes.append(high << 4 | low)
        }
        if text.count % 2 == 1 { bytes.append(0) }
        bytes.withUnsafeBytes { data(field, $0) }
    }

    private func string(_ index: Int, _ name: String) throws(DocumentFault) -> UnsafeRawBufferPointer {
        guard tape.type(index) == Tag.string else { throw wrong(index, name, "text") }
        return tape.string(index)
    }

    /// An integer as a number, as text, or in two halves, as some JavaScript clients send it.
    private func integer(_ index: Int, _ name: String) throws(DocumentFault) -> UInt64 {
        switch tape.type(index) {
        case Tag.int64, Tag.uint64: return tape.words[index + 1]
        case Tag.double:
            if let whole = Int64(exactly: tape.double(index)) { return UInt64(bitPattern: whole) }
        case Tag.string:
            let text = String(decoding: tape.string(index).prefix(24), as: UTF8.self)
            if let number = Int64(text) { return UInt64(bitPattern: number) }
            if let number = UInt64(text) { return number }
        case Tag.object:
            if let halves = halves(index) { return halves }
        default: break
        }
        throw wrong(index, name, "a whole number of 64 bits")
    }

    private func halves(_ object: Int) -> UInt64? {
        var (low, high): (UInt64?, UInt64?) = (nil, nil)
        let end = tape.after(object) - 1
        var at = object + 1
        while at < end {
            let isNumber = tape.type(at + 1) == Tag.int64 || tape.type(at + 1) == Tag.uint64
            if isNumber, tape.string(at).elementsEqual("low".utf8) { low = tape.words[at + 2] & 0xFFFF_FFFF }
            if isNumber, tape.string(at).elementsEqual("high".utf8) { high = tape.words[at + 2] & 0xFFFF_FFFF }
            at = tape.after(at + 1)
        }
        guard let low, let high else { return nil }
        return high << 32 | low
    }

    private func number(_ index: Int, _ name: String) throws(DocumentFault) -> Double {
        switch tape.type(index) {
        case Tag.double: return tape.double(index)
        case Tag.int64: return Double(tape.int64(index))
        case Tag.uint64: return Double(tape.words[index + 1])
        case Tag.string:
            let text = String(decoding: tape.string(index).prefix(400), as: UTF8.self)
            switch text {
            case "NaN": return .nan
            case "Infinity": return .infinity
            case "-Infinity": return -.infinity
            default: if let number = Double(text) { return number }
            }
        default: break
        }
        throw wrong(index, name, "a number")
    }

    private func wrong(_ index: Int, _ name: String, _ wanted: String) -> DocumentFault {
        DocumentFault(.wrongType, "\"\(name)\" is \(Tag.name(tape.type(index))), not \(wanted)")
    }
}

/// The value of a hexadecimal digit.
func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
}
