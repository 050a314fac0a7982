internal import VarveEvents

/// `ExportLogsServiceRequest`: a log record becomes an `otel.log`.
struct OTLPLogs: OTLPSignal {
    private let ids: DocumentIDs
    var scope = OTLPScope()
    var fields: [String] { Field.allCases.map(\.name) }

    /// The fields of an event besides its attributes.
    enum Field: Int, CaseIterable {
        case body, severity, severityNumber, severityText, traceID, spanID, eventName, observedTime, dropped, flags

        var name: String {
            switch self {
            case .body: "body"
            case .severity: "severity"
            case .severityNumber: "severity_number"
            case .severityText: "severity_text"
            case .traceID: "trace_id"
            case .spanID: "span_id"
            case .eventName: "event_name"
            case .observedTime: "observed_time"
            case .dropped: "dropped_attributes"
            case .flags: "flags"
            }
        }
    }

    init(_ message: UnsafeRawBufferPointer) {
        ids = DocumentIDs(message)
    }

    private func set(_ field: Field, _ value: DocumentRows.Value, _ rows: inout DocumentRows) {
        rows.set(field.rawValue, value)
    }

    func readRecord(_ record: UnsafeRawBufferPointer, _ rows: inout DocumentRows) throws(DocumentFault) {
        let (time, observed) = try times(record)
        let moment = time != 0 ? time : observed
        rows.begin("otel.log", time: moment != 0 ? Int64(clamping: moment) : rows.clock.now)
        rows.set(.id, ids.id(rows.record, rows.arena))
        if time != 0, observed != 0, observed != time {
            set(.observedTime, .int64(Int64(clamping: observed)), &rows)
        }
        var severity = OTLPSeverity()
        var reader = ProtobufReader(record)
        while try reader.next() {
            switch reader.tag {
            case 0x10: severity.number = try reader.varint()
            case 0x1A: severity.text = try reader.data()
            case 0x2A:
                if let body = try rows.anyValue(try reader.data()) { set(.body, body, &rows) }
            case 0x32:
                if let (name, value) = try rows.keyValue(try reader.data()) { rows.otlpAttribute(name, value) }
            case 0x38:
                let count = try reader.varint()
                if count != 0 { set(.dropped, .int64(Int64(clamping: count)), &rows) }
            case 0x45:
                let flags = try reader.fixed32()
                if flags != 0 { set(.flags, .int64(Int64(flags)), &rows) }
            case 0x4A: setID(.traceID, 16, try reader.data(), &rows)
            case 0x52: setID(.spanID, 8, try reader.data(), &rows)
            case 0x62: rows.set(Field.eventName.rawValue, text: try reader.data())
            default: try reader.skip()
            }
        }
        if severity.number != 0 { set(.severityNumber, .int64(Int64(clamping: severity.number)), &rows) }
        if let name = severity.name { set(.severity, .text(rows.arena.keep(name)), &rows) }
        rows.set(Field.severityText.rawValue, text: severity.text)
        scope.set(&rows)
        try rows.end(record)
    }

    /// The time of the record, and the time at which it was observed; 0 if absent.
    private func times(_ record: UnsafeRawBufferPointer) throws(DocumentFault) -> (UInt64, UInt64) {
        var reader = ProtobufReader(record)
        var (time, observed): (UInt64, UInt64) = (0, 0)
        while try reader.next() {
            switch reader.tag {
            case 0x09: time = try reader.fixed64()
            case 0x59: observed = try reader.fixed64()
            default: try reader.skip()
            }
        }
        return (time, observed)
    }

    /// An invalid id counts as absent.
    private func setID(_ field: Field, _ count: Int, _ id: UnsafeRawBufferPointer, _ rows: inout DocumentRows) {
        guard !id.isEmpty else { return }
        guard id.count == count, id.contains(where: { $0 != 0 }) else { return rows.note("(\(field.name) that is none)") }
        set(field, .text(rows.hex(id)), &rows)
    }
}

/// The severity of a log record.
struct OTLPSeverity {
    var number: UInt64 = 0
    var text = UnsafeRawBufferPointer(start: nil, count: 0)

    private static let names = ["trace", "debug", "info", "warn", "error", "fatal"]
    private static let others = [
        "warning": "warn", "err": "error", "critical": "fatal", "information": "info", "informational": "info", "notice": "info",
        "panic": "fatal", "emergency": "fatal", "alert": "fatal", "verbose": "trace",
    ]

    /// One of six words: by the number, or else by the text.
    var name: String? {
        if (1...24).contains(number) { return Self.names[Int(number - 1) / 4] }
        guard text.count <= 16 else { return nil }
        let word = String(decoding: text, as: UTF8.self).lowercased()
        return Self.names.contains(word) ? word : Self.others[word]
    }
}

extension DocumentRows {
    /// Sets an attribute of a record; attributes for session and user go into the envelope.
    @inline(__always)
    mutating func otlpAttribute(_ name: UnsafeRawBufferPointer, _ value: Value) {
        if case .text(let text) = value, name.count <= 10, name.count >= 7, let last = name.last, last == 0x64 {
            if name.elementsEqual("session.id".utf8) { return set(.session, text) }
            if name.elementsEqual("user.id".utf8) || name.elementsEqual("enduser.id".utf8) { return set(.user, text) }
        }
        attribute(name, value)
    }
}
