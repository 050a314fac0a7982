internal import CSimdjson
internal import VarveEvents

/// Sentry's envelope: a line of JSON about all of it, then items, each a line about it and its bytes. Errors become
/// `error.reported`, transactions `otel.span`, sessions `sentry.session`; other items are counted and left out. A store request
/// is the JSON of one event.
struct SentryEnvelope {
    private let document: UnsafeRawBufferPointer
    private var at = 0

    init(_ document: UnsafeRawBufferPointer) { self.document = document }

    static let fields = SentryEvent.Field.allCases.map(\.rawValue)

    mutating func read(into rows: inout DocumentRows) throws(DocumentFault) {
        let head = try DocumentDecoder.parse(line())
        guard head.tape.type(1) == Tag.object else { throw DocumentFault(.notAnObject, "the envelope begins with no object") }
        while at < document.count {
            let text = line()
            if !text.contains(where: { $0 > 0x20 }) { continue }
            let header = try DocumentDecoder.parse(text)
            let type = header.tape.text(1, "type").map { String(decoding: $0.prefix(40), as: UTF8.self) }
            guard let type else { throw DocumentFault(.wrongType, "an item of the envelope has no type") }
            var length: Int?
            if let member = header.tape.member(1, "length"), header.tape.type(member) == Tag.int64 {
                length = Int(exactly: header.tape.int64(member))
            }
            try readItem(type, try payload(length), &rows)
        }
    }

    /// Up to the next newline, which is passed over.
    private mutating func line() -> UnsafeRawBufferPointer {
        let rest = UnsafeRawBufferPointer(rebasing: document[min(at, document.count)...])
        let length = rest.firstIndex(of: 0x0A) ?? rest.count
        at += length + 1
        return UnsafeRawBufferPointer(rebasing: rest[..<length])
    }

    private mutating func payload(_ length: Int?) throws(DocumentFault) -> UnsafeRawBufferPointer {
        guard let length else { return line() }
        guard length >= 0, at <= document.count, length <= document.count - at else { throw .truncated }
        defer { at += length + 1 }
        return UnsafeRawBufferPointer(rebasing: document[at..<at + length])
    }

    private func readItem(
        _ type: String, _ payload: UnsafeRawBufferPointer, _ rows: inout DocumentRows
    ) throws(DocumentFault) {
        guard ["event", "transaction", "session", "sessions"].contains(type) else {
            return rows.note("(items of type \(type))")
        }
        let parser = try DocumentDecoder.parse(payload)
        guard parser.tape.type(1) == Tag.object else { throw DocumentFault(.notAnObject, "an item of the envelope is no object") }
        try withExtendedLifetime(parser) { () throws(DocumentFault) in
            switch type {
            case "event": try SentryEvent(parser.tape).read(into: &rows)
            case "transaction": try SentryTransaction(parser.tape).read(into: &rows)
            default: try SentrySession(parser.tape).read(into: &rows)
            }
        }
    }
}
