internal import VarveEvents

/// One event found in a record: the tape positions of its values.
struct FoundRow {
    var shape: Int
    /// The index of the shape's row table.
    var row: Int
    var time: Int64
    /// Per field of the row table, the value's tape position (0 for none) and its conversion.
    var values: [FoundValue]
    /// Keys and values that are not in the table.
    var unknown: [FoundUnknown] = []
    /// The position of the record's `id`, for a signal whose things are identified by `id`.
    var bareID = 0
    /// For leaves: the path of the value in the record.
    var path: String?
}

struct FoundValue {
    var place = 0
    var conversion = Conversion.none
}

struct FoundUnknown {
    var key: Int
    /// The names of the enclosing objects, each followed by a point.
    var prefix: String
    var value: Int
}

/// Finds the events of a record, and writes them as rows. All errors are found before the first row is written.
///
/// Each spelling of a name is looked up once; the result is cached in an array per shape and spelling.
struct RecordReader: ~Copyable {
    let mapping: RecordMapping
    var clock: EventClock
    /// Spellings of names, by number; 0 for none.
    private var spellings = KeyTable()
    /// Per spelling, its marker, or -1.
    private var markerOf: [Int] = [-1]
    /// Per shape and row table, and per spelling, its meaning.
    private var targets: [[[RecordTarget?]]]
    var leftOut: [String: Int] = [:]
    var columns: RecordColumns
    var numbers = NumberPlaces()

    /// More spellings than any system has indicate an attack or another format: the cache is then cleared.
    private static let spellingsMax = 8_192

    init(_ mapping: RecordMapping, clock: EventClock) {
        self.mapping = mapping
        self.clock = clock
        targets = mapping.shapes.map { $0.rows.map { _ in [] } }
        columns = RecordColumns(mapping)
    }

    /// Appends the events of the value at `index` to `found`; returns a problem if there is one.
    mutating func find(_ tape: JSONTape, at index: Int, into found: inout [FoundRow]) -> Problem? {
        numbers.removeAll()
        switch tape.type(index) {
        case Tag.object: return findRecord(tape, index, &found)
        case Tag.array:
            var at = index + 1
            while at < tape.after(index) - 1 {
                guard tape.type(at) == Tag.object else {
                    return Problem(.notAnObject, "a list of records holds objects, not \(Tag.name(tape.type(at)))")
                }
                if let problem = findRecord(tape, at, &found) { return problem }
                at = tape.after(at)
            }
            return found.isEmpty ? Problem(.notAnObject, "the list has no record in it") : nil
        default: return Problem(.notAnObject, "a record is an object, not \(Tag.name(tape.type(index)))")
        }
    }

    private mutating func findRecord(_ tape: JSONTape, _ index: Int, _ found: inout [FoundRow]) -> Problem? {
        let (shape, kindPlace) = shapeOf(tape, index)
        guard let shape else { return unknownKind(tape, index, kindPlace) }
        let table = mapping.shapes[shape]
        var base = FoundRow(shape: shape, row: 0, time: 0, values: emptyValues(table.rows[0]))
        var gathering = Gathering(kind: kindPlace)
        switch table.shape.rows {
        case .one:
            gather(tape, index, "", 1, &base, &gathering)
            return finish(tape, base, gathering, &found)
        case .each(let name):
            gathering.skips = plainName(name.utf8)
            gather(tape, index, "", 1, &base, &gathering)
            return findEach(tape, base, gathering, &found)
        case .parts(let parts): return findParts(tape, index, shape, parts, kindPlace, &found)
        case .leaves: return findLeaves(tape, index, base, gathering, &found)
        }
    }

    func emptyValues(_ row: RowTable) -> [FoundValue] {
        [FoundValue](repeating: FoundValue(), count: row.fields.count)
    }

    // MARK: Which shape

    /// What determines a record's kind.
    private struct Marks {
        var present = MarkerSet()
        /// The shapes of the stated kind, and the position of the statement.
        var shapes: [Int] = []
        var kind = 0
        /// The marker that stated it.
        var best = -1
        /// The position of an unknown kind.
        var unknownKind = 0
    }

    /// The shape of a record, and the position of its kind if stated.
    private mutating func shapeOf(_ tape: JSONTape, _ index: Int) -> (shape: Int?, kind: Int) {
        var marks = Marks()
        mark(tape, index, isTop: true, &marks)
        for shape in marks.shapes where mapping.shapes[shape].needs != MarkerSet() && fits(shape, marks.present) {
            return (shape, marks.kind)
        }
        // A record that states its kind need not have the markers of its shape.
        for shape in marks.shapes where mapping.shapes[shape].lacks.isDisjoint(with: marks.present) {
            if case .each = mapping.shapes[shape].shape.rows { continue }
            return (shape, marks.kind)
        }
        for shape in mapping.shapes.indices where mapping.shapes[shape].needs != MarkerSet() && fits(shape, marks.present) {
            return (shape, marks.kind)
        }
        return (nil, marks.unknownKind)
    }

    private mutating func mark(_ tape: JSONTape, _ index: Int, isTop: Bool, _ marks: inout Marks) {
        let kinds = RecordMapping.kindNames.count
        var at = index + 1
        let end = tape.after(index) - 1
        while at < end {
            let value = at + 1
            let marker = markerOf[spelling(tape, at)]
            at = tape.after(value)
            guard marker >= 0, tape.type(value) != Tag.null else { continue }
            marks.present.insert(marker)
            if !isTop { continue }
            if marker < kinds, marker > marks.best, tape.type(value) == Tag.string {
                let kind = String(decoding: plainName(tape.string(value)), as: UTF8.self)
                if let known = mapping.shapesOfKind[kind] {
                    (marks.shapes, marks.kind, marks.best) = (known, value, marker)
                } else if marks.unknownKind == 0 {
                    marks.unknownKind = value
                }
            } else if marker >= kinds, marker < kinds + RecordMapping.openNames.count, tape.type(value) == Tag.object {
                mark(tape, value, isTop: false, &marks)
            }
        }
    }

    private func fits(_ shape: Int, _ present: MarkerSet) -> Bool {
        mapping.shapes[shape].needs.isSubset(of: present) && mapping.shapes[shape].lacks.isDisjoint(with: present)
    }

    private func unknownKind(_ tape: JSONTape, _ index: Int, _ kind: Int) -> Problem {
        let what = kind == 0 ? "it does not say what it is" : "no kind of record is '\(shown(tape, kind))'"
        return Problem(
            .missingSignal, "the record is of no known kind: \(what), and its names fit none",
            hint: "\"type\" may be: \(mapping.kindList)")
    }

    private func shown(_ tape: JSONTape, _ index: Int) -> String {
        String(decoding: tape.string(index).prefix(64), as: UTF8.self)
    }

    // MARK: Names

    /// The number of the spelling of the name at `at`.
    private mutating func spelling(_ tape: JSONTape, _ at: Int) -> Int {
        let known = spellings.find(tape.strings + tape.payload(at), after: 0)
        if known != 0 { return Int(known) }
        let text = tape.string(at)
        guard text.count <= EventLimits.nameBytes else { return 0 }
        if spellings.count > Self.spellingsMax { forgetSpellings() }
        let number = Int(spellings.insert(text, field: .attribute))
        markerOf.append(mapping.markers[String(decoding: plainName(text), as: UTF8.self)] ?? -1)
        return number
    }

    private mutating func forgetSpellings() {
        spellings.removeAll()
        markerOf = [-1]
        targets = mapping.shapes.map { $0.rows.map { _ in [] } }
    }

    mutating func target(_ tape: JSONTape, _ at: Int, _ prefix: String, _ row: FoundRow) -> RecordTarget {
        let number = prefix.isEmpty ? spelling(tape, at) : 0
        if number != 0, number < targets[row.shape][row.row].count, let known = targets[row.shape][row.row][number] {
            return known
        }
        let name = prefix + String(decoding: plainName(tape.string(at)), as: UTF8.self)
        let target = mapping.shapes[row.shape].target(name, row: row.row)
        guard number != 0 else { return target }
        let missing = number + 1 - targets[row.shape][row.row].count
        if missing > 0 { targets[row.shape][row.row] += [RecordTarget?](repeating: nil, count: missing) }
        targets[row.shape][row.row][number] = target
        return target
    }
}
