/// The decoded fields of a `Span` message.
struct OTLPSpan {
    private(set) var traceID = UnsafeRawBufferPointer(start: nil, count: 0)
    private(set) var spanID = UnsafeRawBufferPointer(start: nil, count: 0)
    private(set) var parentID = UnsafeRawBufferPointer(start: nil, count: 0)
    private(set) var traceState = UnsafeRawBufferPointer(start: nil, count: 0)
    private(set) var name = UnsafeRawBufferPointer(start: nil, count: 0)
    private(set) var status = UnsafeRawBufferPointer(start: nil, count: 0)
    private(set) var kind: UInt64 = 0
    private(set) var start: UInt64 = 0
    private(set) var end: UInt64 = 0
    private(set) var dropped: UInt64 = 0
    private(set) var droppedEvents: UInt64 = 0
    private(set) var droppedLinks: UInt64 = 0
    private(set) var attributes: [UnsafeRawBufferPointer] = []
    private(set) var events: [UnsafeRawBufferPointer] = []
    private(set) var links: [UnsafeRawBufferPointer] = []

    private static let kinds = ["internal", "server", "client", "producer", "consumer"]

    init(_ message: UnsafeRawBufferPointer) throws(DocumentFault) {
        var reader = ProtobufReader(message)
        while try reader.next() {
            switch reader.tag {
            case 0x0A: traceID = try reader.data()
            case 0x12: spanID = try reader.data()
            case 0x1A: traceState = try reader.data()
            case 0x22: parentID = try reader.data()
            case 0x2A: name = try reader.data()
            case 0x30: kind = try reader.varint()
            case 0x39: start = try reader.fixed64()
            case 0x41: end = try reader.fixed64()
            case 0x4A: attributes.append(try reader.data())
            case 0x50: dropped = try reader.varint()
            case 0x5A: events.append(try reader.data())
            case 0x60: droppedEvents = try reader.varint()
            case 0x6A: links.append(try reader.data())
            case 0x70: droppedLinks = try reader.varint()
            case 0x7A: status = try reader.data()
            default: try reader.skip()
            }
        }
    }

    /// Nil for an unspecified kind.
    var kindName: String? { (1...5).contains(kind) ? Self.kinds[Int(kind) - 1] : nil }

    /// Whether it is the calling side of a call.
    var callsOthers: Bool { kind == 3 || kind == 4 }

    /// Why it is not a valid span.
    var problem: Problem? {
        guard traceID.count == 16, traceID.contains(where: { $0 != 0 }) else {
            return Problem(.badID, "a trace id has 16 bytes, not all of them 0; this one has \(traceID.count)")
        }
        guard spanID.count == 8, spanID.contains(where: { $0 != 0 }) else {
            return Problem(.badID, "a span id has 8 bytes, not all of them 0; this one has \(spanID.count)")
        }
        return parentID.isEmpty || parentID.count == 8 ? nil : Problem(.badID, "a parent's span id has 8 bytes")
    }
}
