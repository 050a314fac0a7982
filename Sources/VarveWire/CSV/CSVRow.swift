internal import VarveEvents
internal import VarveSettings

/// A mapping bound to the columns of one header: turns the fields of a record into a row. An empty field is an absent value.
struct CSVRow {
    private let columnCount: Int
    var clock: EventClock
    private let time: Int
    private let id: [Int]
    private let signal: Source
    /// Tenant, component, session and user, where they are mapped.
    private let envelope: [(handle: ColumnHandle, name: String, source: Source)]
    private var attributes: [CSVAttribute]
    private var generation = 0
    private let store = ByteStore()

    private enum Source {
        case column(Int)
        case constant(UnsafeRawBufferPointer)
        case map(Int, values: [(value: UnsafeRawBufferPointer, text: UnsafeRawBufferPointer)], otherwise: UnsafeRawBufferPointer?)
    }

    init(_ mapping: CSVMapping, header: [String], now: Timestamp) throws(SettingsError) {
        let columns = CSVHeader(names: header, file: mapping.file)
        columnCount = header.count
        clock = EventClock(format: mapping.timeFormat, now: now)
        time = try columns.place(mapping.timeColumn)
        var id: [Int] = []
        for name in mapping.id { id.append(try columns.place(name)) }
        self.id = id
        signal = try Self.bind(mapping.signal, columns, store)
        var envelope: [(ColumnHandle, String, Source)] = []
        for (handle, name, source) in [
            (ColumnHandle.tenant, "tenant", mapping.tenant), (.component, "component", mapping.component),
            (.session, "session", mapping.session), (.user, "user", mapping.user),
        ] {
            if let source { envelope.append((handle, name, try Self.bind(source, columns, store))) }
        }
        self.envelope = envelope
        var attributes: [CSVAttribute] = []
        for attribute in mapping.attributes {
            attributes.append(CSVAttribute(attribute, column: try columns.place(attribute.column)))
        }
        self.attributes = attributes
    }

    private static func bind(
        _ source: CSVMapping.Source, _ columns: CSVHeader, _ store: ByteStore
    ) throws(SettingsError) -> Source {
        switch source {
        case .column(let name): return .column(try columns.place(name))
        case .constant(let text): return .constant(store.keep(text))
        case .map(let from, let values, let otherwise):
            let pairs = values.sorted { $0.key < $1.key }.map { (value: store.keep($0.key), text: store.keep($0.value)) }
            return .map(try columns.place(from), values: pairs, otherwise: otherwise.map { store.keep($0) })
        }
    }

    /// Begins and fills a row; on a problem no row is left begun.
    mutating func read(
        _ bytes: UnsafeMutablePointer<UInt8>, _ fields: [CSVRecord.Field], _ assembler: inout BlockAssembler
    ) -> Problem? {
        guard fields.count == columnCount else {
            return Problem(.columnCount, "the record has \(fields.count) fields, the header has \(columnCount)")
        }
        if generation != assembler.generation {
            for index in attributes.indices { attributes[index].makeColumn(&assembler.builder) }
            generation = assembler.generation
        }
        let moment: Int64
        switch readTime(fields[time].text(bytes, store)) {
        case .moment(let value): moment = value
        case .refused(let problem): return problem
        }
        guard let name = text(of: signal, bytes, fields) else {
            return Problem(.missingSignal, "the record has no signal: its column is empty, or the value is not mapped")
        }
        guard isName(name) else { return badName("the signal", name.count) }
        assembler.builder.beginRow(time: moment, signal: name)
        let problem = fill(bytes, fields, &assembler.builder)
        if problem != nil { assembler.builder.discardRow() }
        return problem
    }

    private func fill(
        _ bytes: UnsafeMutablePointer<UInt8>, _ fields: [CSVRecord.Field], _ builder: inout BatchBuilder
    ) -> Problem? {
        if let problem = setID(bytes, fields, &builder) { return problem }
        for part in envelope {
            guard let text = text(of: part.source, bytes, fields) else { continue }
            if part.handle == .tenant, !isName(text) { return badName("the tenant", text.count) }
            guard text.count <= EventLimits.stringBytes else { return tooLong(part.name, text.count) }
            builder.set(part.handle, string: text)
        }
        for attribute in attributes {
            let text = fields[attribute.column].text(bytes, store)
            if !text.isEmpty, let problem = attribute.set(text, &builder) { return problem }
        }
        return nil
    }

    /// The values of the id's columns, joined by `/`. All empty: no id. Some empty: no id that could be trusted.
    private func setID(
        _ bytes: UnsafeMutablePointer<UInt8>, _ fields: [CSVRecord.Field], _ builder: inout BatchBuilder
    ) -> Problem? {
        if id.isEmpty { return nil }
        if id.count == 1 {
            let text = fields[id[0]].text(bytes, store)
            guard text.count <= EventLimits.idBytes else { return badID("it has \(text.count) bytes") }
            if !text.isEmpty { builder.set(.id, string: text) }
            return nil
        }
        return withUnsafeTemporaryAllocation(byteCount: EventLimits.idBytes, alignment: 1) { room in
            var count = 0
            var empty = 0
            for (part, column) in id.enumerated() {
                let text = fields[column].text(bytes, store)
                if text.isEmpty { empty += 1 }
                guard count + text.count + 1 <= room.count else { return badID("its parts have more") }
                if part > 0 {
                    room[count] = 0x2F
                    count += 1
                }
                UnsafeMutableRawBufferPointer(rebasing: room[count...]).copyMemory(from: text)
                count += text.count
            }
            if empty == id.count { return nil }
            guard empty == 0 else { return badID("a part of it is empty") }
            builder.set(.id, string: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<count]))
            return nil
        }
    }

    private func badID(_ what: String) -> Problem {
        Problem(.badID, "an id has 1 to \(EventLimits.idBytes) bytes: \(what)")
    }

    /// Nil for an absent value. The bytes are good until the next field is read.
    private func text(
        of source: Source, _ bytes: UnsafeMutablePointer<UInt8>, _ fields: [CSVRecord.Field]
    ) -> UnsafeRawBufferPointer? {
        switch source {
        case .constant(let text): return text
        case .column(let column):
            let text = fields[column].text(bytes, store)
            return text.isEmpty ? nil : text
        case .map(let column, let values, let otherwise):
            let value = fields[column].text(bytes, store)
            for pair in values where pair.value.count == value.count && pair.value.elementsEqual(value) { return pair.text }
            return otherwise
        }
    }

    private enum Moment {
        case moment(Int64)
        case refused(Problem)
    }

    private func readTime(_ text: UnsafeRawBufferPointer) -> Moment {
        guard !text.isEmpty else { return .refused(Problem(.missingTime, "the time column is empty")) }
        guard let unit = clock.format.unit else {
            return clock.nanoseconds(text).map { .moment($0) } ?? .refused(clock.problem(text))
        }
        guard let number = Decimal(text) else {
            let shown = String(decoding: text.prefix(64), as: UTF8.self)
            return .refused(Problem(.badTime, "\"\(shown)\" is no time in \(unit.rawValue)"))
        }
        if let whole = number.int64 { return clock.nanoseconds(whole).map { .moment($0) } ?? .refused(clock.problem(whole)) }
        guard let value = Decimal(mantissa: number.mantissa, exponent: number.exponent + unit.decimals).int64,
            value >= clock.earliest, value <= clock.latest
        else { return .refused(Problem(.timeOutOfRange, "the time is not between 1990 and now plus one day")) }
        return .moment(value)
    }
}

/// The names in the first record of a CSV file.
private struct CSVHeader {
    let names: [String]
    let file: String

    /// Where the column `name` stands. It must be there, and once.
    func place(_ name: String) throws(SettingsError) -> Int {
        let places = names.indices.filter { names[$0] == name }
        guard let place = places.first else {
            let near = nearest(name, among: names).map { "; did you mean \"\($0)\"?" }
            let known = "; it has \(names.prefix(20).joined(separator: ", "))"
            throw SettingsError(.badValue, "the CSV header lacks the column \"\(name)\"" + (near ?? known), file: file)
        }
        guard places.count == 1 else {
            throw SettingsError(.badValue, "the CSV header has the column \"\(name)\" twice", file: file)
        }
        return place
    }
}

extension CSVRecord.Field {
    /// The field's text; doubled quotes are resolved into `store`, where they are good until the next such field.
    func text(_ bytes: UnsafeMutablePointer<UInt8>, _ store: ByteStore) -> UnsafeRawBufferPointer {
        let raw = UnsafeRawBufferPointer(start: bytes + start, count: end - start)
        guard hasQuotes else { return raw }
        let room = store.room(raw.count)
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
