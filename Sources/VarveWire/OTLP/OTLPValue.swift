internal import VarveEvents

/// OTLP values of any type.
extension DocumentRows {
    /// The value of an `AnyValue` message; nil if empty. Lists and maps become JSON, bytes base64.
    mutating func anyValue(_ message: UnsafeRawBufferPointer) throws(DocumentFault) -> Value? {
        var reader = ProtobufReader(message)
        var value: Value?
        while try reader.next() {
            switch reader.tag {
            case 0x0A: value = text(try reader.data())
            case 0x10: value = .bool(try reader.bool())
            case 0x18: value = .int64(try reader.int64())
            case 0x21:
                let number = try reader.double()
                value = number.isFinite ? .double(number) : .text(arena.keep(OTLPValueText.name(notFinite: number)))
            case 0x2A, 0x32:
                var json = OTLPValueText()
                try json.list(try reader.data(), isMap: reader.tag == 0x32)
                value = .json(arena.keep(json.writer.bytes))
            case 0x3A:
                var writer = JSONWriter()
                writer.base64(Array(try reader.data()))
                value = .text(arena.keep(writer.bytes))
            default: try reader.skip()
            }
        }
        return value
    }

    /// A `KeyValue` message; nil if it has no value.
    @inline(__always)
    mutating func keyValue(
        _ message: UnsafeRawBufferPointer
    ) throws(DocumentFault) -> (name: UnsafeRawBufferPointer, value: Value)? {
        var reader = ProtobufReader(message)
        var name = UnsafeRawBufferPointer(start: nil, count: 0)
        var value: Value?
        while try reader.next() {
            switch reader.tag {
            case 0x0A: name = try reader.data()
            case 0x12: value = try anyValue(try reader.data())
            default: try reader.skip()
            }
        }
        return value.map { (name, $0) }
    }
}

/// Nested values, as JSON text.
struct OTLPValueText {
    var writer = JSONWriter()
    private var depth = 0
    /// Deeper values would be refused as an event's JSON.
    private static let depthMax = 24

    static func name(notFinite number: Double) -> String {
        number.isNaN ? "NaN" : number > 0 ? "Infinity" : "-Infinity"
    }

    /// An `ArrayValue` or a `KeyValueList`.
    mutating func list(_ message: UnsafeRawBufferPointer, isMap: Bool) throws(DocumentFault) {
        guard depth < Self.depthMax else {
            throw DocumentFault(.tooDeep, "a value has more than \(Self.depthMax) levels of lists and maps")
        }
        depth += 1
        writer.raw(isMap ? "{" : "[")
        var reader = ProtobufReader(message)
        var isFirst = true
        while try reader.next() {
            guard reader.tag == 0x0A else {
                try reader.skip()
                continue
            }
            if !isFirst { writer.raw(",") }
            isFirst = false
            if isMap { try member(try reader.data()) } else { try value(try reader.data()) }
        }
        writer.raw(isMap ? "}" : "]")
        depth -= 1
    }

    /// The attributes of an event, a link or an exemplar, as an object.
    mutating func attributes(_ messages: [UnsafeRawBufferPointer]) throws(DocumentFault) {
        writer.raw("{")
        for (place, message) in messages.enumerated() {
            if place > 0 { writer.raw(",") }
            try member(message)
        }
        writer.raw("}")
    }

    private mutating func member(_ message: UnsafeRawBufferPointer) throws(DocumentFault) {
        var reader = ProtobufReader(message)
        var name = UnsafeRawBufferPointer(start: nil, count: 0)
        var inner: UnsafeRawBufferPointer?
        while try reader.next() {
            switch reader.tag {
            case 0x0A: name = try reader.data()
            case 0x12: inner = try reader.data()
            default: try reader.skip()
            }
        }
        text(name)
        writer.raw(":")
        if let inner { try value(inner) } else { writer.raw("null") }
    }

    private mutating func value(_ message: UnsafeRawBufferPointer) throws(DocumentFault) {
        var reader = ProtobufReader(message)
        let before = writer.bytes.count
        while try reader.next() {
            guard [0x0A, 0x10, 0x18, 0x21, 0x2A, 0x32, 0x3A].contains(reader.tag) else {
                try reader.skip()
                continue
            }
            // If a value occurs twice, the last one counts.
            writer.bytes.removeLast(writer.bytes.count - before)
            switch reader.tag {
            case 0x0A: text(try reader.data())
            case 0x10: writer.raw(try reader.bool() ? "true" : "false")
            case 0x18: writer.raw(String(try reader.int64()))
            case 0x21:
                let number = try reader.double()
                if number.isFinite { writer.double(number) } else { writer.string(Self.name(notFinite: number)) }
            case 0x2A, 0x32: try list(try reader.data(), isMap: reader.tag == 0x32)
            default:
                writer.raw("\"")
                writer.base64(Array(try reader.data()))
                writer.raw("\"")
            }
        }
        if writer.bytes.count == before { writer.raw("null") }
    }

    /// A text; invalid UTF-8 is replaced by replacement characters.
    mutating func text(_ bytes: UnsafeRawBufferPointer) {
        if isUTF8(bytes) { writer.string(utf8: bytes) } else { writer.string(String(decoding: bytes, as: UTF8.self)) }
    }
}
