internal import VarveEvents

/// One of the three requests of OTLP. All are built alike: resources, in each of them scopes, in each of them records.
protocol OTLPSignal {
    /// What the resource and the scope of the current record say.
    var scope: OTLPScope { get set }

    /// The names of the fields of an event besides its attributes, in the order of their numbers.
    var fields: [String] { get }

    /// Adds what one log record, metric or span holds.
    func readRecord(_ record: UnsafeRawBufferPointer, _ rows: inout DocumentRows) throws(DocumentFault)
}

extension OTLPSignal {
    /// Reads a whole request. Unknown fields are skipped.
    mutating func read(_ message: UnsafeRawBufferPointer, into rows: inout DocumentRows) throws(DocumentFault) {
        rows.reserve(fields)
        var reader = ProtobufReader(message)
        while try reader.next() {
            if reader.tag == 0x0A { try readResource(try reader.data(), &rows) } else { try reader.skip() }
        }
    }

    private mutating func readResource(_ message: UnsafeRawBufferPointer, _ rows: inout DocumentRows) throws(DocumentFault) {
        let resource = try OTLPParts(message)
        try scope.read(resource: resource.head, &rows)
        for message in resource.parts {
            let part = try OTLPParts(message)
            try scope.read(scope: part.head, &rows)
            for record in part.parts { try readRecord(record, &rows) }
        }
    }
}

/// The messages of a resource or scope message: the one that describes it, and the others, which may come before it.
struct OTLPParts {
    private(set) var head: UnsafeRawBufferPointer?
    private(set) var parts: [UnsafeRawBufferPointer] = []

    init(_ message: UnsafeRawBufferPointer) throws(DocumentFault) {
        var reader = ProtobufReader(message)
        while try reader.next() {
            switch reader.tag {
            case 0x0A: head = try reader.data()
            case 0x12: parts.append(try reader.data())
            default: try reader.skip()
            }
        }
    }
}
