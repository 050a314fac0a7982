internal import VarveEvents

/// `ExportTraceServiceRequest`: a span becomes an `otel.span`, whose id combines trace id and span id.
struct OTLPTraces: OTLPSignal {
    var scope = OTLPScope()
    var fields: [String] { Field.allCases.map(\.name) }

    /// The fields of an event besides its attributes.
    enum Field: Int, CaseIterable {
        case traceID, spanID, parentID, name, kind, status, statusMessage, duration, traceState, events, links, peer, dropped
        case droppedEvents, droppedLinks

        var name: String {
            switch self {
            case .traceID: "trace_id"
            case .spanID: "span_id"
            case .parentID: "parent_id"
            case .name: "name"
            case .kind: "kind"
            case .status: "status"
            case .statusMessage: "status_message"
            case .duration: "duration_ms"
            case .traceState: "trace_state"
            case .events: "events"
            case .links: "links"
            case .peer: "peer"
            case .dropped: "dropped_attributes"
            case .droppedEvents: "dropped_events"
            case .droppedLinks: "dropped_links"
            }
        }
    }

    func readRecord(_ message: UnsafeRawBufferPointer, _ rows: inout DocumentRows) throws(DocumentFault) {
        let span = try OTLPSpan(message)
        rows.begin("otel.span", time: Int64(clamping: span.start))
        if let problem = span.problem { rows.refuse(problem) }
        let (trace, own) = (rows.hex(span.traceID), rows.hex(span.spanID))
        rows.set(.id, rows.arena.keep(Array(trace) + own))
        set(.traceID, .text(trace), &rows)
        set(.spanID, .text(own), &rows)
        if span.parentID.contains(where: { $0 != 0 }) { set(.parentID, .text(rows.hex(span.parentID)), &rows) }
        rows.set(Field.name.rawValue, text: span.name)
        if let kind = span.kindName { set(.kind, .text(rows.arena.keep(kind)), &rows) }
        if span.end >= span.start {
            set(.duration, .double(Double(span.end - span.start) / 1_000_000), &rows)
        } else if span.end != 0 {
            rows.note("(durations of spans that end before they start)")
        }
        rows.set(Field.traceState.rawValue, text: span.traceState)
        let dropped: [(Field, UInt64)] = [
            (.dropped, span.dropped), (.droppedEvents, span.droppedEvents), (.droppedLinks, span.droppedLinks),
        ]
        for (field, count) in dropped where count != 0 { set(field, .int64(Int64(clamping: count)), &rows) }
        try readStatus(span.status, &rows)
        if !span.events.isEmpty { set(.events, try list(span.events, isEvent: true, &rows), &rows) }
        if !span.links.isEmpty { set(.links, try list(span.links, isEvent: false, &rows), &rows) }
        var peer = OTLPPeer()
        for message in span.attributes {
            guard let (name, value) = try rows.keyValue(message) else { continue }
            if span.callsOthers { peer.look(name, value) }
            rows.otlpAttribute(name, value)
        }
        if let name = peer.name { set(.peer, .text(name), &rows) }
        scope.set(&rows)
        try rows.end(message)
    }

    private func set(_ field: Field, _ value: DocumentRows.Value, _ rows: inout DocumentRows) {
        rows.set(field.rawValue, value)
    }

    private func readStatus(_ message: UnsafeRawBufferPointer, _ rows: inout DocumentRows) throws(DocumentFault) {
        var reader = ProtobufReader(message)
        var code: UInt64 = 0
        while try reader.next() {
            switch reader.tag {
            case 0x12: rows.set(Field.statusMessage.rawValue, text: try reader.data())
            case 0x18: code = try reader.varint()
            default: try reader.skip()
            }
        }
        set(.status, .text(rows.arena.keep(code == 1 ? "ok" : code == 2 ? "error" : "unset")), &rows)
    }

    /// Events or links as a list of objects.
    private func list(
        _ messages: [UnsafeRawBufferPointer], isEvent: Bool, _ rows: inout DocumentRows
    ) throws(DocumentFault) -> DocumentRows.Value {
        var json = OTLPValueText()
        json.writer.raw("[")
        for (place, message) in messages.enumerated() {
            if place > 0 { json.writer.raw(",") }
            if isEvent { try json.event(message) } else { try json.link(message) }
        }
        json.writer.raw("]")
        return .json(rows.arena.keep(json.writer.bytes))
    }
}

/// The service or machine called by a client's span: the first of these attributes that is present.
struct OTLPPeer {
    private static let names = [
        "peer.service", "server.address", "net.peer.name", "db.system.name", "db.system", "messaging.system", "rpc.service",
    ].map { Array($0.utf8) }
    private var place = names.count
    private(set) var name: UnsafeRawBufferPointer?

    mutating func look(_ name: UnsafeRawBufferPointer, _ value: DocumentRows.Value) {
        guard case .text(let text) = value, !text.isEmpty else { return }
        guard let found = Self.names.firstIndex(where: { $0.count == name.count && name.elementsEqual($0) }), found < place
        else { return }
        place = found
        self.name = text
    }
}

extension OTLPValueText {
    /// An event of a span: `{"name":…,"time":…,"attributes":{…}}`.
    mutating func event(_ message: UnsafeRawBufferPointer) throws(DocumentFault) {
        var reader = ProtobufReader(message)
        var name = UnsafeRawBufferPointer(start: nil, count: 0)
        var time: UInt64 = 0
        var members: [UnsafeRawBufferPointer] = []
        while try reader.next() {
            switch reader.tag {
            case 0x09: time = try reader.fixed64()
            case 0x12: name = try reader.data()
            case 0x1A: members.append(try reader.data())
            default: try reader.skip()
            }
        }
        writer.raw("{\"name\":")
        text(name)
        writer.raw(",\"time\":\"\(RFC3339.text(Timestamp(nanoseconds: Int64(clamping: time))))\"")
        try end(members)
    }

    /// A link to another span: `{"trace_id":…,"span_id":…,"attributes":{…}}`.
    mutating func link(_ message: UnsafeRawBufferPointer) throws(DocumentFault) {
        var reader = ProtobufReader(message)
        var (trace, span) = (UnsafeRawBufferPointer(start: nil, count: 0), UnsafeRawBufferPointer(start: nil, count: 0))
        var members: [UnsafeRawBufferPointer] = []
        while try reader.next() {
            switch reader.tag {
            case 0x0A: trace = try reader.data()
            case 0x12: span = try reader.data()
            case 0x22: members.append(try reader.data())
            default: try reader.skip()
            }
        }
        writer.raw("{\"trace_id\":\"\(Self.hex(trace))\",\"span_id\":\"\(Self.hex(span))\"")
        try end(members)
    }

    mutating func end(_ members: [UnsafeRawBufferPointer]) throws(DocumentFault) {
        if !members.isEmpty {
            writer.raw(",\"attributes\":")
            try attributes(members)
        }
        writer.raw("}")
    }

    static func hex(_ bytes: UnsafeRawBufferPointer) -> String {
        var digits = [UInt8](repeating: 0, count: 2 * bytes.count)
        digits.withUnsafeMutableBytes { writeHex(bytes, into: $0) }
        return String(decoding: digits, as: UTF8.self)
    }
}
