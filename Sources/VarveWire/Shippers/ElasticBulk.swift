internal import CSimdjson
internal import VarveEvents

/// A request of Elasticsearch's `_bulk`: a line that says what to do, and a line with the document. A document becomes an event
/// of the signal that its `event.dataset` names, else a `log.entry`. Only what adds a document is taken.
struct ElasticBulk {
    private let ids: DocumentIDs
    private let parser = JSONParser(capacity: WireLimits.bulkBytes + 2, depth: WireLimits.jsonDepth + 1)
    private let index: [UInt8]

    static let fields = ["_index", "level"]

    /// - Parameter index: The index of the request's path, for documents whose line names none.
    init(_ document: UnsafeRawBufferPointer, index: String) {
        ids = DocumentIDs(document)
        self.index = Array(index.utf8)
    }

    func read(_ document: UnsafeRawBufferPointer, into rows: inout DocumentRows) throws(DocumentFault) {
        var lines = BulkLines(document)
        var number = 0
        while let line = lines.next() {
            number += 1
            let action = try self.action(line, number)
            guard action.hasDocument else {
                rows.refuse(Problem(.badField, "\(action.name) is not taken: a log is only appended to"), line)
                continue
            }
            guard let document = lines.next() else {
                throw DocumentFault(.truncated, "the line of item \(number) has no document behind it")
            }
            guard action.name != "update" else {
                rows.refuse(Problem(.badField, "update is not taken: a log is only appended to"), document)
                continue
            }
            try readDocument(document, action, &rows)
        }
    }

    /// What a line says.
    struct Action {
        var name: String
        var index: [UInt8]
        var id: [UInt8]?

        var hasDocument: Bool { name != "delete" }
    }

    private func parse(_ line: UnsafeRawBufferPointer) -> (parser: JSONParser, error: Problem?)? {
        let large = line.count > WireLimits.bulkBytes ? JSONParser(capacity: line.count, depth: WireLimits.jsonDepth + 1) : parser
        guard let parser = large, let base = line.baseAddress, line.count <= WireLimits.lineBytes else { return nil }
        let error = parser.parse(base.assumingMemoryBound(to: UInt8.self), count: line.count)
        return (parser, error == VARVE_JSON_OK ? nil : JSONFault(line).problem(error, isTail: false))
    }

    func action(_ line: UnsafeRawBufferPointer, _ number: Int) throws(DocumentFault) -> Action {
        let wrong = DocumentFault(.syntax, "Malformed action/metadata line [\(number)]: an object with index or create")
        guard let (parser, error) = parse(line), error == nil else { throw wrong }
        let tape = parser.tape
        guard tape.type(1) == Tag.object, tape.memberCount(1) == 1 else { throw wrong }
        var found: Action?
        tape.forEachMember(1) { name, value in
            let name = String(decoding: name, as: UTF8.self)
            guard ["index", "create", "update", "delete"].contains(name), tape.type(value) == Tag.object else { return }
            let index = tape.text(value, "_index").map { Array($0) } ?? self.index
            found = Action(name: name, index: index, id: tape.text(value, "_id").map { Array($0) })
        }
        guard let found else { throw wrong }
        return withExtendedLifetime(parser) { found }
    }

    private func readDocument(
        _ line: UnsafeRawBufferPointer, _ action: Action, _ rows: inout DocumentRows
    ) throws(DocumentFault) {
        guard let (parser, error) = parse(line) else {
            return rows.refuse(Problem(.lineTooLong, "the document has \(line.count) bytes"), line)
        }
        if let error { return rows.refuse(error, line) }
        let tape = parser.tape
        guard tape.type(1) == Tag.object else {
            return rows.refuse(Problem(.notAnObject, "a document is an object, not \(Tag.name(tape.type(1)))"), line)
        }
        rows.begin("log.entry", tape, at: tape.member(1, "@timestamp"))
        let dataset = tape.text(1, "event.dataset") ?? tape.text(tape.member(1, "event"), "dataset")
        if let dataset, !dataset.isEmpty { rows.set(signal: dataset) }
        if let id = action.id, !id.isEmpty {
            rows.set(.id, rows.arena.keep(action.index + [0x2F] + id))
        } else {
            rows.set(.id, ids.id(rows.record, rows.arena))
        }
        action.index.withUnsafeBytes { rows.set(0, text: rows.arena.keep($0)) }
        let level = tape.text(tape.member(1, "log"), "level") ?? tape.text(1, "log.level") ?? tape.text(1, "level")
        if let level { rows.set(1, .text(rows.arena.keep(String(decoding: level, as: UTF8.self).lowercased()))) }
        if let service = tape.text(tape.member(1, "service"), "name") ?? tape.text(1, "service.name") {
            rows.set(.component, service)
        }
        rows.flatten(tape, 1, without: ["@timestamp", "level"])
        try withExtendedLifetime(parser) { () throws(DocumentFault) in try rows.end(line) }
    }
}

/// The lines of a document that are not blank.
struct BulkLines {
    private let document: UnsafeRawBufferPointer
    private var at = 0

    init(_ document: UnsafeRawBufferPointer) { self.document = document }

    mutating func next() -> UnsafeRawBufferPointer? {
        while at < document.count {
            let rest = UnsafeRawBufferPointer(rebasing: document[at...])
            let length = rest.firstIndex(of: 0x0A) ?? rest.count
            at += length + 1
            let line = UnsafeRawBufferPointer(rebasing: rest[..<length])
            if line.contains(where: { $0 > 0x20 }) { return line }
        }
        return nil
    }
}
