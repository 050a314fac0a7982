internal import VarveEvents

/// The builder's columns for records, looked up once per builder.
struct RecordColumns {
    /// Per shape, row table and field, one handle per value type; nil if there is none yet.
    private var handles: [[[[ColumnHandle?]]]]
    private let empty: [[[[ColumnHandle?]]]]
    private var generation = 0

    init(_ mapping: RecordMapping) {
        empty = mapping.shapes.map { shape in
            shape.rows.map { row in row.fields.map { _ in [ColumnHandle?](repeating: nil, count: ValueType.allCases.count) } }
        }
        handles = empty
    }

    /// Call before the first row of a builder.
    mutating func begin(generation current: Int) {
        guard generation != current else { return }
        generation = current
        handles = empty
    }

    mutating func handle(
        _ row: FoundRow, _ field: Int, _ description: FieldDescription, _ type: ValueType, _ builder: inout BatchBuilder
    ) -> ColumnHandle {
        let number = Int(type.rawValue) - 1
        if let known = handles[row.shape][row.row][field][number] { return known }
        let key = description.envelopeKey ?? ColumnKey(.attribute, description.name, type)
        let handle = builder.handle(key)
        handles[row.shape][row.row][field][number] = handle
        return handle
    }
}

/// Writes the events found in a record.
extension RecordReader {
    /// Begins and fills a row; the caller ends or drops it.
    mutating func write(_ row: FoundRow, _ tape: JSONTape, into assembler: inout BlockAssembler) {
        columns.begin(generation: assembler.generation)
        let shape = mapping.shapes[row.shape]
        let table = shape.rows[row.row]
        withBytes(table.signal) { assembler.builder.beginRow(time: row.time, signal: $0) }
        for (number, value) in row.values.enumerated() where value.place != 0 {
            set(row, number, table.fields[number], value, tape, &assembler.builder)
        }
        if let path = row.path, case .leaves(let name, _) = shape.shape.rows {
            set(row, name, leafName(row, table, name, path, tape), &assembler.builder)
        }
        for derived in shape.shape.derives { derive(derived, row, tape, &assembler.builder) }
        for (number, field) in table.fields.enumerated() where row.values[number].place == 0 {
            guard let text = field.defaultText, !isDerived(field.name, shape.shape) else { continue }
            setDefault(row, number, field, text, &assembler.builder)
        }
        if row.values[table.id].place == 0 { setIdentifier(row, table, tape, &assembler.builder) }
        for unknown in row.unknown { keep(unknown, tape, &assembler.builder) }
    }

    private mutating func set(
        _ row: FoundRow, _ number: Int, _ field: FieldDescription, _ value: FoundValue, _ tape: JSONTape,
        _ builder: inout BatchBuilder
    ) {
        func column(_ type: ValueType) -> ColumnHandle { columns.handle(row, number, field, type, &builder) }
        if field.envelopeKey != nil {
            if tape.type(value.place) == Tag.string { return builder.set(column(.string), string: tape.string(value.place)) }
            return withBytes(String(tape.int64(value.place))) { builder.set(column(.string), string: $0) }
        }
        switch RecordValue(tape, value, field) {
        case .integer(let number): builder.set(column(.int64), int64: number)
        case .number(let number): builder.set(column(.double), double: number)
        case .flag(let flag): builder.set(column(.bool), bool: flag)
        case .utf8(let text): builder.set(column(.string), string: text)
        case .text(let text): withBytes(text) { builder.set(column(.string), string: $0) }
        case .json(let json): json.withUnsafeBytes { builder.set(column(.json), string: $0) }
        }
    }

    private mutating func set(_ row: FoundRow, _ name: String, _ text: String, _ builder: inout BatchBuilder) {
        let fields = mapping.shapes[row.shape].rows[row.row].fields
        guard let number = fields.firstIndex(where: { $0.name == name }) else { return }
        let column = columns.handle(row, number, fields[number], .string, &builder)
        withBytes(text) { builder.set(column, string: $0) }
    }

    /// A leaf is named by its path in the record; if the record has the name itself, by its path below that member.
    private func leafName(_ row: FoundRow, _ table: RowTable, _ name: String, _ path: String, _ tape: JSONTape) -> String {
        guard let field = table.fields.firstIndex(where: { $0.name == name }), row.values[field].place != 0,
            tape.type(row.values[field].place) == Tag.string
        else { return path }
        let own = String(decoding: tape.string(row.values[field].place), as: UTF8.self)
        return path.firstIndex(of: ".").map { own + path[$0...] } ?? own
    }

    private mutating func setDefault(
        _ row: FoundRow, _ number: Int, _ field: FieldDescription, _ text: String, _ builder: inout BatchBuilder
    ) {
        func column(_ type: ValueType) -> ColumnHandle { columns.handle(row, number, field, type, &builder) }
        switch field.type {
        case .text, .json: withBytes(text) { builder.set(column(.string), string: $0) }
        case .integer: if let value = Int64(text) { builder.set(column(.int64), int64: value) }
        case .number:
            if let value = Int64(text) {
                builder.set(column(.int64), int64: value)
            } else if let value = Double(text) {
                builder.set(column(.double), double: value)
            }
        case .boolean: builder.set(column(.bool), bool: text == "true")
        }
    }

    private func isDerived(_ field: String, _ shape: RecordShape) -> Bool {
        shape.derives.contains { $0.target == field }
    }

    private mutating func derive(_ derived: DerivedField, _ row: FoundRow, _ tape: JSONTape, _ builder: inout BatchBuilder) {
        let fields = mapping.shapes[row.shape].rows[row.row].fields
        let (source, target): (String, String)
        switch derived {
        case .firstWord(let from, let into), .length(let from, let into): (source, target) = (from, into)
        case .constant(let text, let into):
            let isThere = fields.firstIndex { $0.name == into }.map { row.values[$0].place != 0 } ?? true
            return isThere ? () : set(row, into, text, &builder)
        }
        guard let from = fields.firstIndex(where: { $0.name == source }),
            let into = fields.firstIndex(where: { $0.name == target }),
            row.values[into].place == 0, row.values[from].place != 0, tape.type(row.values[from].place) == Tag.string
        else { return }
        let text = tape.string(row.values[from].place)
        switch derived {
        case .firstWord:
            let word = text.drop { $0 <= 0x20 }.prefix { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }
            let name = String(decoding: word, as: UTF8.self).uppercased()
            let known = fields[into].allowed.contains(name) ? name : fields[into].defaultText
            if let known { set(row, target, known, &builder) }
        case .length:
            let characters = text.count { $0 & 0xC0 != 0x80 }
            builder.set(columns.handle(row, into, fields[into], .int64, &builder), int64: Int64(characters))
        case .constant: break
        }
    }

    /// An id for an event without one, from its identifying fields: `tech_debt.added:td-001`. None if one of them is missing.
    private func setIdentifier(_ row: FoundRow, _ table: RowTable, _ tape: JSONTape, _ builder: inout BatchBuilder) {
        guard !table.dedup.isEmpty else { return }
        var bytes = Array((table.signal + ":").utf8)
        for (index, field) in table.dedup.enumerated() {
            let place = row.values[field].place
            guard place != 0 else { return }
            if index > 0 { bytes.append(UInt8(ascii: "/")) }
            switch tape.type(place) {
            case Tag.string: bytes += tape.string(place)
            case Tag.int64: bytes += Array(String(tape.int64(place)).utf8)
            default: return
            }
        }
        guard bytes.count <= EventLimits.idBytes else { return }
        bytes.withUnsafeBytes { builder.set(.id, string: $0) }
    }

    /// Stores an unknown member under its own name.
    private func keep(_ unknown: FoundUnknown, _ tape: JSONTape, _ builder: inout BatchBuilder) {
        let name = String(decoding: tape.string(unknown.key), as: UTF8.self)
        func column(_ type: ValueType) -> ColumnHandle { builder.handle(ColumnKey(.attribute, name, type)) }
        switch tape.type(unknown.value) {
        case Tag.string: builder.set(column(.string), string: tape.string(unknown.value))
        case Tag.int64: builder.set(column(.int64), int64: tape.int64(unknown.value))
        case Tag.double: builder.set(column(.double), double: tape.double(unknown.value))
        case Tag.yes, Tag.no: builder.set(column(.bool), bool: tape.type(unknown.value) == Tag.yes)
        default:
            var json = JSONWriter()
            json.value(tape, unknown.value)
            json.bytes.withUnsafeBytes { builder.set(column(.json), string: $0) }
        }
    }
}

func withBytes(_ text: String, _ body: (UnsafeRawBufferPointer) -> Void) {
    var text = text
    text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
}
