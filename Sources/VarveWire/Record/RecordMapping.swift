public import VarveEvents

/// How a system's own records become events: its shapes, and per shape the names of each field, compiled from the descriptions
/// of the signals.
public struct RecordMapping: Sendable {
    let shapes: [ShapeTable]
    /// By plain kind, its shapes, in order.
    let shapesOfKind: [String: [Int]]
    /// The names that distinguish shapes, by number.
    let markers: [String: Int]

    /// Shapes are tried in order: the first match is used. Their signals must be described, and at most 128 names may
    /// distinguish them.
    public init(_ shapes: [RecordShape], signals: [SignalDescription]) {
        let described = Dictionary(signals.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var markers: [String: Int] = [:]
        func marker(_ name: String) -> Int {
            let plain = plainName(name)
            if let known = markers[plain] { return known }
            markers[plain] = markers.count
            return markers.count - 1
        }
        for name in Self.kindNames { _ = marker(name) }
        for name in Self.openNames { _ = marker(name) }
        var tables: [ShapeTable] = []
        var shapesOfKind: [String: [Int]] = [:]
        for shape in shapes {
            for kind in shape.kinds { shapesOfKind[plainName(kind), default: []].append(tables.count) }
            tables.append(
                ShapeTable(
                    shape, described, needs: MarkerSet(shape.needs.map(marker)), lacks: MarkerSet(shape.lacks.map(marker))))
        }
        precondition(markers.count <= MarkerSet.limit, "\(markers.count) names tell shapes apart")
        self.shapes = tables
        self.shapesOfKind = shapesOfKind
        self.markers = markers
    }

    /// The members that can state a record's kind; the last one with a known kind counts.
    static let kindNames = ["kind", "event", "type", "signal", "name"]
    /// The members that contain the fields of a record that states its kind.
    static let openNames = ["data", "payload"]
    /// Names of a record's time, unless its shape has others.
    static let timeNames = ["timestamp", "time", "ts", "created_at"]

    /// The kinds of records, for a message.
    var kindList: String {
        shapes.compactMap(\.shape.kinds.first).joined(separator: ", ")
    }
}

/// A set of up to 128 small numbers.
struct MarkerSet: Hashable, Sendable {
    static let limit = 128
    private var bits: UInt128 = 0

    init(_ numbers: [Int] = []) {
        for number in numbers { insert(number) }
    }

    mutating func insert(_ number: Int) { bits |= 1 << UInt128(number) }
    mutating func removeAll() { bits = 0 }
    func isSubset(of other: MarkerSet) -> Bool { bits & ~other.bits == 0 }
    func isDisjoint(with other: MarkerSet) -> Bool { bits & other.bits == 0 }
}

/// The meaning of a member's name in one shape.
enum RecordTarget: Hashable, Sendable {
    /// The field with this number.
    case field(Int, Conversion)
    /// The record's time; a smaller number means a better name.
    case time(Int)
    /// An object whose members count as the record's own.
    case open
    /// An object whose members' names get its name as prefix: `system.memory_mb`.
    case prefix(String)
    /// Known, and dropped.
    case ignored
    /// Stored under its own name.
    case unknown
}

/// One shape, with everything that can be precomputed.
struct ShapeTable: Sendable {
    let shape: RecordShape
    let needs: MarkerSet
    let lacks: MarkerSet
    /// The events' signals: one, unless the record has parts.
    let rows: [RowTable]
    let timeRanks: [String: Int]
    let opens: Set<String>
    let ignores: Set<String>

    init(_ shape: RecordShape, _ signals: [String: SignalDescription], needs: MarkerSet, lacks: MarkerSet) {
        self.shape = shape
        self.needs = needs
        self.lacks = lacks
        let times = shape.times + RecordMapping.timeNames
        timeRanks = Dictionary(times.enumerated().map { (plainName($1), $0) }, uniquingKeysWith: min)
        opens = Set((RecordMapping.openNames + shape.opens).map { plainName($0) })
        ignores = Set(shape.ignores.map { plainName($0) })
        let names: [String] = if case .parts(let parts) = shape.rows { parts.map(\.signal) } else { [shape.signal] }
        rows = names.map { name in
            guard let signal = signals[name] else { preconditionFailure("signal \(name) is not described") }
            return RowTable(signal)
        }
    }

    /// The meaning of `name`, a plain name, in row table `row`.
    func target(_ name: String, row: Int) -> RecordTarget {
        if let (field, conversion) = rows[row].aliases[name] { return .field(field, conversion) }
        if let rank = timeRanks[name] { return .time(rank) }
        if opens.contains(name) { return .open }
        if ignores.contains(name) { return .ignored }
        if rows[row].prefixes.contains(name) { return .prefix(name + ".") }
        return .unknown
    }
}

/// The fields of a signal's rows: the described ones, then the remaining envelope fields.
struct RowTable: Sendable {
    let signal: String
    let fields: [FieldDescription]
    let aliases: [String: (Int, Conversion)]
    /// The prefixes of dotted names, up to the point.
    let prefixes: Set<String>
    /// The fields that identify an event without an id.
    let dedup: [Int]
    let id: Int
    /// The field with a thing's id that sources call `id`: an incident's, an alert's.
    let thing: Int?

    init(_ description: SignalDescription) {
        signal = description.name
        var fields = description.fields
        for field in Self.envelope where !fields.contains(where: { $0.name == field.name }) { fields.append(field) }
        var aliases: [String: (Int, Conversion)] = [:]
        // A documented name of a field takes precedence over our own names of others: an incident's `id` is not an event id.
        for (number, field) in fields.enumerated() where field.envelopeKey == nil || !field.sources.isEmpty {
            for source in field.sources where aliases[plainName(source.name)] == nil {
                aliases[plainName(source.name)] = (number, Conversion(factor: source.factor))
            }
        }
        for (number, field) in fields.enumerated() {
            for (name, conversion) in field.aliases where aliases[name] == nil { aliases[name] = (number, conversion) }
        }
        self.fields = fields
        self.aliases = aliases
        prefixes = Set(aliases.keys.compactMap { name in name.firstIndex(of: ".").map { String(name[..<$0]) } })
        dedup = description.dedupKey.compactMap { key in fields.firstIndex { $0.name == key && key != "id" } }
        id = fields.firstIndex { $0.name == "id" }!
        thing = aliases["id"].map(\.0).flatMap { fields[$0].name == "id" ? nil : $0 }
    }

    private static let envelope = [
        FieldDescription("id", .text), FieldDescription("tenant", .text, from: ["tenant_id"]),
        FieldDescription("component", .text), FieldDescription("session", .text, from: ["session_id"]),
        FieldDescription("user", .text, from: ["user_id"]),
    ]
}
