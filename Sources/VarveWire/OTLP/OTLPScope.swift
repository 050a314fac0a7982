internal import VarveEvents
internal import VarveHash

/// The properties shared by the records of one resource, or of one instrumentation scope.
struct OTLPScope {
    /// `service.name`.
    var component = UnsafeRawBufferPointer(start: nil, count: 0)
    private var resource: [DocumentRows.Shared] = []
    private var scope: [DocumentRows.Shared] = []
    /// A hash of the attributes, independent of their order.
    private(set) var hash = AttributesHash()
    private var resourceHash = AttributesHash()

    /// Reads a `Resource` message; nil if there is none.
    mutating func read(resource message: UnsafeRawBufferPointer?, _ rows: inout DocumentRows) throws(DocumentFault) {
        self = OTLPScope()
        guard let message else { return }
        var reader = ProtobufReader(message)
        while try reader.next() {
            guard reader.tag == 0x0A else {
                try reader.skip()
                continue
            }
            guard let (name, value) = try rows.keyValue(try reader.data()) else { continue }
            resourceHash.add(name, value)
            if case .text(let text) = value, name.elementsEqual("service.name".utf8) {
                component = text
            } else if let field = rows.shared(name, rows.keep(value)) {
                resource.append(field)
            }
        }
        hash = resourceHash
    }

    /// Reads an `InstrumentationScope` message; nil if there is none.
    mutating func read(scope message: UnsafeRawBufferPointer?, _ rows: inout DocumentRows) throws(DocumentFault) {
        scope = []
        hash = resourceHash
        guard let message else { return }
        var reader = ProtobufReader(message)
        while try reader.next() {
            switch reader.tag {
            case 0x0A: add("otel.scope.name", try reader.data(), &rows)
            case 0x12: add("otel.scope.version", try reader.data(), &rows)
            case 0x1A:
                guard let (name, value) = try rows.keyValue(try reader.data()) else { continue }
                hash.add(name, value)
                let longer = rows.kept.keep(Array("otel.scope.".utf8) + name)
                if let field = rows.shared(longer, rows.keep(value)) { scope.append(field) }
            default: try reader.skip()
            }
        }
    }

    private mutating func add(_ name: StaticString, _ text: UnsafeRawBufferPointer, _ rows: inout DocumentRows) {
        guard !text.isEmpty, isUTF8(text) else { return }
        let name = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        hash.add(name, .text(text))
        if let field = rows.shared(name, .text(text)) { scope.append(field) }
    }

    /// Sets the shared properties; call it after the record's own attributes, which keep their names.
    func set(_ rows: inout DocumentRows) {
        rows.set(.component, component)
        for field in scope { rows.attribute(field, prefix: "scope.") }
        for field in resource { rows.attribute(field, prefix: "resource.") }
    }
}

/// A hash of names and values, independent of their order.
struct AttributesHash {
    private(set) var high: UInt64 = 0
    private(set) var low: UInt64 = 0

    mutating func add(_ name: UnsafeRawBufferPointer, _ value: DocumentRows.Value) {
        var seed = XXH3.hash64(name)
        switch value {
        case .text(let text): seed = seed &* 31 &+ XXH3.hash64(text, seed: 1)
        case .json(let text): seed = seed &* 31 &+ XXH3.hash64(text, seed: 2)
        case .int64(let number): seed = seed &* 31 &+ UInt64(bitPattern: number)
        case .double(let number): seed = seed &* 37 &+ number.bitPattern
        case .bool(let flag): seed = seed &* 41 &+ (flag ? 1 : 2)
        }
        let mixed = withUnsafeBytes(of: seed) { XXH3.hash128($0) }
        high &+= mixed.high
        low &+= mixed.low
    }
}

extension DocumentRows {
    /// A value that is valid as long as the document. Text inside the document already is.
    func keep(_ value: Value) -> Value {
        switch value {
        case .text(let text): .text(kept.keep(text))
        case .json(let text): .json(kept.keep(text))
        case .int64, .double, .bool: value
        }
    }
}

/// Ids of records without one: a hash of the document and the record's position in it. A repeated document gives the same ids.
struct DocumentIDs {
    private let prefix: [UInt8]

    init(_ document: UnsafeRawBufferPointer) {
        let hash = XXH3.hash128(document)
        var digits = [UInt8](repeating: 0, count: 33)
        digits.withUnsafeMutableBytes { room in
            let bytes = [hash.high.bigEndian, hash.low.bigEndian]
            bytes.withUnsafeBytes { writeHex($0, into: room) }
        }
        digits[32] = UInt8(ascii: "-")
        prefix = digits
    }

    func id(_ number: Int, _ arena: TextArena) -> UnsafeRawBufferPointer {
        arena.keep(prefix + Array(String(number).utf8))
    }
}
