internal import VarveEvents

/// A push of Loki's: lines of streams, as JSON or as protobuf in a snappy block. A line becomes a `log.entry`, the labels of its
/// stream and its own metadata its attributes.
struct LokiPush {
    private let ids: DocumentIDs
    private static let components = ["service_name", "service", "app", "application", "job"]
    private static let levels = ["level", "detected_level", "severity", "lvl"]

    init(_ document: UnsafeRawBufferPointer) { ids = DocumentIDs(document) }

    static let fields = ["message", "level"]

    private struct Label {
        var name: UnsafeRawBufferPointer
        var value: UnsafeRawBufferPointer
    }

    func read(_ tape: JSONTape, into rows: inout DocumentRows) throws(DocumentFault) {
        guard let streams = tape.member(1, "streams"), tape.type(streams) == Tag.array else {
            throw DocumentFault(.wrongType, "the document has no list streams")
        }
        for stream in tape.elements(streams) {
            let labels = Self.labels(tape, tape.member(stream, "stream"))
            for entry in tape.elements(tape.member(stream, "values")) {
                let parts = tape.elements(entry)
                guard parts.count >= 2, let time = tape.text(parts[0]), let line = tape.text(parts[1]) else {
                    let text = rows.kept.keep(rows.bytes(tape, entry))
                    rows.refuse(Problem(.wrongType, "an entry is a list of a time in nanoseconds and a line, both text"), text)
                    continue
                }
                let moment = time.count <= 20 ? Int64(String(decoding: time, as: UTF8.self)) : nil
                let own = parts.count > 2 ? Self.labels(tape, parts[2]) : []
                try write(moment, line, labels, own, &rows)
            }
        }
    }

    private static func labels(_ tape: JSONTape, _ object: Int?) -> [Label] {
        var labels: [Label] = []
        tape.forEachMember(object) { name, value in
            if let text = tape.text(value) { labels.append(Label(name: name, value: text)) }
        }
        return labels
    }

    func read(_ message: UnsafeRawBufferPointer, into rows: inout DocumentRows) throws(DocumentFault) {
        var reader = ProtobufReader(message)
        while try reader.next() {
            if reader.tag == 0x0A { try readStream(try reader.data(), &rows) } else { try reader.skip() }
        }
    }

    private func readStream(_ message: UnsafeRawBufferPointer, _ rows: inout DocumentRows) throws(DocumentFault) {
        var reader = ProtobufReader(message)
        var text = UnsafeRawBufferPointer(start: nil, count: 0)
        var entries: [UnsafeRawBufferPointer] = []
        while try reader.next() {
            switch reader.tag {
            case 0x0A: text = try reader.data()
            case 0x12: entries.append(try reader.data())
            default: try reader.skip()
            }
        }
        // A selector is what an exposition has between a name and a value.
        let line = rows.kept.keep(Array("s".utf8) + text + Array(" 0".utf8))
        guard text.first == 0x7B, let selector = ExpositionLine(line, isStrict: false) else {
            throw DocumentFault(.syntax, "the labels of a stream are none: {name=\"value\", …}")
        }
        let labels = selector.labels.map { Label(name: $0.name, value: $0.value(rows.kept)) }
        for entry in entries { try readEntry(entry, labels, &rows) }
    }

    private func readEntry(
        _ message: UnsafeRawBufferPointer, _ labels: [Label], _ rows: inout DocumentRows
    ) throws(DocumentFault) {
        var reader = ProtobufReader(message)
        var line = UnsafeRawBufferPointer(start: nil, count: 0)
        var (seconds, nanoseconds) = (Int64(0), Int64(0))
        var own: [Label] = []
        while try reader.next() {
            switch reader.tag {
            case 0x0A:
                var time = ProtobufReader(try reader.data())
                while try time.next() {
                    switch time.tag {
                    case 0x08: seconds = try time.int64()
                    case 0x10: nanoseconds = try time.int64()
                    default: try time.skip()
                    }
                }
            case 0x12: line = try reader.data()
            case 0x1A:
                var pair = ProtobufReader(try reader.data())
                var label = Label(name: line, value: line)
                while try pair.next() {
                    switch pair.tag {
                    case 0x0A: label.name = try pair.data()
                    case 0x12: label.value = try pair.data()
                    default: try pair.skip()
                    }
                }
                own.append(label)
            default: try reader.skip()
            }
        }
        try write(EventClock.sum(seconds, nanoseconds), line, labels, own, &rows)
    }

    private func write(
        _ moment: Int64?, _ line: UnsafeRawBufferPointer, _ labels: [Label], _ own: [Label], _ rows: inout DocumentRows
    ) throws(DocumentFault) {
        rows.begin("log.entry", time: moment ?? 0)
        rows.set(.id, ids.id(rows.record, rows.arena))
        if let value = rows.text(line) { rows.set(0, value) }
        let all = own + labels
        if let component = Self.first(Self.components, all) { rows.set(.component, component) }
        if let level = Self.first(Self.levels, all), isUTF8(level) {
            rows.set(1, .text(rows.arena.keep(String(decoding: level, as: UTF8.self).lowercased())))
        }
        for label in all {
            guard !label.name.elementsEqual("level".utf8) else {
                rows.passed += 1
                continue
            }
            if let value = rows.text(label.value) { rows.attribute(label.name, value, prefix: "stream.") }
        }
        try rows.end(line)
    }

    private static func first(_ names: [String], _ labels: [Label]) -> UnsafeRawBufferPointer? {
        for name in names {
            if let label = labels.first(where: { $0.name.elementsEqual(name.utf8) }) { return label.value }
        }
        return nil
    }
}
