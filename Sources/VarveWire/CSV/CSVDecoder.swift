internal import VarveEvents
internal import VarveSettings

/// Decodes CSV records to rows by a mapping. The first record is the header, unless the mapping defines one.
struct CSVDecoder: ~Copyable {
    private let file: String
    private let layout: TextLayout
    private let rules: FieldRules
    private var scanner = CSVRecord()
    private var record: FieldRecord
    private var writer: FieldRowWriter
    /// Nil before the header is read.
    private var header: CSVHeader?
    /// Per column, the slot of its field; negative if the mapping does not use it.
    private var slots: [Int] = []
    private var names: [UnsafeRawBufferPointer] = []
    private let nameArena = TextArena()
    private(set) var headerProblem: SettingsError?
    private var unnamed: [String] = []
    private var records = 0

    init(_ mapping: FieldMapping, _ options: DecodeOptions) {
        file = mapping.file
        layout = mapping.layout
        rules = mapping.rules(for: options.path)
        record = FieldRecord(names: rules.fields, keepsRest: true)
        writer = FieldRowWriter(rules, options: options, keepsRest: rules.rest == .keep)
        scanner.delimiter = layout.delimiter
        if let names = layout.header { bind(names) }
    }

    mutating func set(now: Timestamp) { writer.set(now: now) }

    var leftOut: [String: Int] {
        Dictionary(unnamed.prefix(WireLimits.notedNames).map { ($0, records) }, uniquingKeysWith: max)
            .merging(writer.leftOut, uniquingKeysWith: +)
    }

    mutating func decode(
        _ bytes: UnsafeMutablePointer<UInt8>, count: Int, isLast: Bool, place: inout InputPlace,
        into assembler: inout BlockAssembler
    ) -> Int {
        var used = 0
        while used < count {
            let scan = scanner.scan(bytes, from: used, count: count, isLast: isLast)
            let line = place.lines + 1
            let offset = place.bytes
            let text: UnsafeRawBufferPointer
            var problem: Problem?
            switch scan {
            case .incomplete: return used
            case .broken(let end, let next):
                text = UnsafeRawBufferPointer(start: bytes + used, count: end - used)
                problem = Problem(
                    .syntax, "the line is no CSV: a quote is not closed, or something follows a closing quote",
                    hint: "a quote inside a field is written twice")
                place.advance(lines: 1, bytes: next - used)
                used = next
            case .record(let end, let next, let lines):
                text = UnsafeRawBufferPointer(start: bytes + used, count: end - used)
                place.advance(lines: lines, bytes: next - used)
                used = next
            }
            assembler.cover(lines: place.lines, bytes: place.bytes)
            if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }) { continue }
            if problem == nil { problem = read(bytes, text, line, offset, &assembler) }
            if let problem { assembler.reject(Rejection(problem, text, line: line, offset: offset)) }
        }
        return used
    }

    private mutating func read(
        _ bytes: UnsafeMutablePointer<UInt8>, _ text: UnsafeRawBufferPointer, _ line: Int, _ offset: UInt64,
        _ assembler: inout BlockAssembler
    ) -> Problem? {
        if let problem = textProblem(text) { return problem }
        guard text.count <= WireLimits.lineBytes else {
            return Problem(.lineTooLong, "the record has \(text.count) bytes, \(WireLimits.lineBytes) are allowed")
        }
        if let headerProblem { return Problem(.badHeader, headerProblem.message) }
        guard header != nil else {
            bind(scanner.fields.map { String(decoding: $0.text(bytes, record.arena), as: UTF8.self) })
            return nil
        }
        records += 1
        record.removeAll()
        guard scanner.fields.count == slots.count else {
            return Problem(.columnCount, "the record has \(scanner.fields.count) fields, the header has \(slots.count)")
        }
        for column in 0..<slots.count {
            let slot = slots[column]
            if slot >= 0 {
                record.values[slot] = FieldValue(text: scanner.fields[column].text(bytes, record.arena))
            } else if keepsRest, let header, !rules.dropped.contains(header.names[column]) {
                let value = FieldValue(text: scanner.fields[column].text(bytes, record.arena))
                if !value.isAbsent { record.rest.append((names[column], value)) }
            }
        }
        for _ in 0..<2 {
            if let problem = writer.write(record, &assembler) { return problem }
            if assembler.rowFits {
                assembler.endRow(line: line, observed: nil, record: text, offset: offset)
                return nil
            }
            assembler.restart()
        }
        return BlockAssembler.tooLarge
    }

    private var keepsRest: Bool { rules.rest == .keep }

    private mutating func bind(_ columns: [String]) {
        do throws(SettingsError) {
            let header = try CSVHeader(columns, rules, file: file, delimiter: layout.delimiter)
            self.header = header
            slots = header.slots
            names = columns.map { nameArena.keep($0) }
            if !keepsRest { unnamed = columns.indices.filter { header.slots[$0] < 0 }.map { columns[$0] } }
        } catch {
            headerProblem = error
            unnamed = []
        }
    }
}

extension CSVRecord.Field {
    /// The field's text; doubled quotes are resolved into `arena`.
    func text(_ bytes: UnsafeMutablePointer<UInt8>, _ arena: TextArena) -> UnsafeRawBufferPointer {
        let raw = UnsafeRawBufferPointer(start: bytes + start, count: end - start)
        guard hasQuotes else { return raw }
        let room = arena.room(raw.count)
        var count = 0
        var at = 0
        while at < raw.count {
            room[count] = raw[at]
            count += 1
            at += raw[at] == 0x22 ? 2 : 1
        }
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<count])
    }
}
