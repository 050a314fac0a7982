internal import VarveEvents

/// InfluxDB's line protocol: `measurement,tag=value field=1i,other="text" time`. A line becomes an `influx.point`, tags and
/// fields its attributes. A line that is none is refused alone.
struct InfluxLines {
    private let unit: TimeUnit
    private let ids: DocumentIDs

    init(_ document: UnsafeRawBufferPointer, unit: TimeUnit) {
        self.unit = unit
        ids = DocumentIDs(document)
    }

    static let fields = ["measurement"]

    func read(_ document: UnsafeRawBufferPointer, into rows: inout DocumentRows) throws(DocumentFault) {
        var at = 0
        var number = 0
        while at < document.count {
            var line = InfluxLine(document, from: at)
            number += 1
            rows.skip(toRecord: number)
            let outcome = line.read()
            let text = UnsafeRawBufferPointer(rebasing: document[at..<line.end])
            // A text may hold newlines: lines are counted as they are written.
            number += text.count { $0 == 0x0A }
            switch outcome {
            case .blank: break
            case .wrong(let what): rows.refuse(Problem(.syntax, what), text, offset: at)
            case .point: try write(line, text, offset: at, &rows)
            }
            at = line.end + 1
        }
    }

    private func write(
        _ line: InfluxLine, _ text: UnsafeRawBufferPointer, offset: Int, _ rows: inout DocumentRows
    ) throws(DocumentFault) {
        var time: Int64? = rows.clock.now
        if let own = line.time {
            let (product, overflow) = own.multipliedReportingOverflow(by: unit.nanoseconds)
            time = overflow ? nil : product
        }
        rows.begin("influx.point", time: time ?? .max)
        if line.time != nil { rows.set(.id, ids.id(rows.record, rows.arena)) }
        rows.set(0, text: line.measurement.text(rows.arena, escapes: ", "))
        for field in line.values {
            let name = field.name.text(rows.arena, escapes: ",= ")
            switch field.value {
            case .tag(let part):
                if let value = rows.text(part.text(rows.arena, escapes: ",= ")) { rows.attribute(name, value) }
            case .text(let part):
                if let value = rows.text(part.text(rows.arena, escapes: "\"\\")) { rows.attribute(name, value, prefix: "field.") }
            case .number(let number): rows.attribute(name, .double(number), prefix: "field.")
            case .integer(let number): rows.attribute(name, .int64(number), prefix: "field.")
            case .flag(let flag): rows.attribute(name, .bool(flag), prefix: "field.")
            }
        }
        try rows.end(text, offset: offset)
    }
}

/// One line of the protocol, cut into its parts.
struct InfluxLine {
    /// A part as it is written, backslashes included.
    struct Part {
        var raw: UnsafeRawBufferPointer

        /// What it says: a backslash before one of `escapes` is left out.
        func text(_ arena: TextArena, escapes: StaticString) -> UnsafeRawBufferPointer {
            guard raw.contains(0x5C) else { return raw }
            let special = UnsafeBufferPointer(start: escapes.utf8Start, count: escapes.utf8CodeUnitCount)
            var bytes: [UInt8] = []
            var at = 0
            while at < raw.count {
                if raw[at] == 0x5C, at + 1 < raw.count, special.contains(raw[at + 1]) { at += 1 }
                bytes.append(raw[at])
                at += 1
            }
            return arena.keep(bytes)
        }
    }

    enum Value {
        case tag(Part), text(Part), number(Double), integer(Int64), flag(Bool)
    }

    enum Outcome {
        case blank, point, wrong(String)
    }

    private let bytes: UnsafeRawBufferPointer
    private var at: Int
    private(set) var measurement: Part
    private(set) var values: [(name: Part, value: Value)] = []
    private(set) var time: Int64?
    /// Where the line ends: at its newline, or at the end of the document.
    private(set) var end: Int

    init(_ bytes: UnsafeRawBufferPointer, from start: Int) {
        self.bytes = bytes
        at = start
        end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
        measurement = Part(raw: UnsafeRawBufferPointer(start: nil, count: 0))
    }

    mutating func read() -> Outcome {
        let first = bytes[at..<end].first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }
        guard let first, first != 0x23 else { return .blank }
        while bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 }
        measurement = part(until: ", ")
        guard !measurement.raw.isEmpty else { return .wrong("the line has no measurement") }
        while next == 0x2C {
            at += 1
            let name = part(until: "=, ")
            guard next == 0x3D, !name.raw.isEmpty else { return .wrong("a tag has no value: name=value") }
            at += 1
            let value = part(until: ", ")
            guard !value.raw.isEmpty else { return .wrong("a tag has no value: name=value") }
            values.append((name, .tag(value)))
        }
        guard next == 0x20 else { return .wrong("the line has no fields") }
        skipSpaces()
        while true {
            let name = part(until: "=, ")
            guard next == 0x3D, !name.raw.isEmpty else { return .wrong("a field has no value: name=value") }
            at += 1
            guard let value = fieldValue() else { return .wrong("the value of a field is none: 1.5, 1i, 1u, true, \"text\"") }
            values.append((name, value))
            guard values.count <= WireLimits.attributesPerEvent else { return .wrong("the line has too many fields") }
            if next != 0x2C { break }
            at += 1
        }
        skipSpaces()
        if at == end || next == 0x0D { return .point }
        let digits = part(until: " \r").raw
        guard digits.count <= 20, let time = Int64(String(decoding: digits, as: UTF8.self)) else {
            return .wrong("the time is no whole number")
        }
        self.time = time
        skipSpaces()
        return at == end || next == 0x0D ? .point : .wrong("something follows the time")
    }

    private var next: UInt8 { at < end ? bytes[at] : 0 }

    private mutating func skipSpaces() {
        while next == 0x20 { at += 1 }
    }

    /// Up to one of these bytes that no backslash stands before, or the end.
    private mutating func part(until stops: StaticString) -> Part {
        let special = UnsafeBufferPointer(start: stops.utf8Start, count: stops.utf8CodeUnitCount)
        let start = at
        while at < end, !special.contains(bytes[at]) { at += bytes[at] == 0x5C && at + 1 < end ? 2 : 1 }
        return Part(raw: UnsafeRawBufferPointer(rebasing: bytes[start..<at]))
    }

    private mutating func fieldValue() -> Value? {
        if next == 0x22 { return text() }
        let raw = part(until: ", \r").raw
        guard let last = raw.last, raw.count <= 64 else { return nil }
        let word = String(decoding: raw, as: UTF8.self)
        switch word {
        case "t", "T", "true", "True", "TRUE": return .flag(true)
        case "f", "F", "false", "False", "FALSE": return .flag(false)
        default: break
        }
        if last == 0x69 || last == 0x75 { return Int64(word.dropLast()).map { .integer($0) } }
        guard raw.allSatisfy({ ExpositionLine.isDigit($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) }) else { return nil }
        return Double(word).flatMap { $0.isFinite ? .number($0) : nil }
    }

    /// A text in quotes, in which newlines may stand.
    private mutating func text() -> Value? {
        at += 1
        let start = at
        while at < bytes.count, bytes[at] != 0x22 { at += bytes[at] == 0x5C && at + 1 < bytes.count ? 2 : 1 }
        guard at < bytes.count else { return nil }
        let raw = UnsafeRawBufferPointer(rebasing: bytes[start..<at])
        at += 1
        end = max(end, bytes[at...].firstIndex(of: 0x0A) ?? bytes.count)
        return .text(Part(raw: raw))
    }
}
