/// The fields of one record in any format: the input of a mapping.
///
/// Each field that the mapping uses has a slot. The others are listed in `rest`.
struct FieldRecord: ~Copyable {
    /// By slot.
    var values: [FieldValue]
    /// Fields without a slot, if they are kept.
    var rest: [(name: UnsafeRawBufferPointer, value: FieldValue)] = []
    let arena = TextArena()
    /// Slots by name.
    private let slots: [[UInt8]: Int]
    private let keepsRest: Bool
    private let dropped: Set<[UInt8]>
    /// The names of dropped fields, with counts.
    private(set) var leftOut: [String: Int] = [:]

    init(names: [String], keepsRest: Bool, dropped: Set<String> = []) {
        values = Array(repeating: .absent, count: names.count)
        slots = Dictionary(names.enumerated().map { (Array($1.utf8), $0) }, uniquingKeysWith: { first, _ in first })
        self.keepsRest = keepsRest
        self.dropped = Set(dropped.map { Array($0.utf8) })
    }

    /// Call before the next record.
    mutating func removeAll() {
        for slot in values.indices { values[slot] = .absent }
        rest.removeAll(keepingCapacity: true)
        arena.removeAll()
    }

    func slot(_ name: UnsafeRawBufferPointer) -> Int? {
        slots[Array(name)]
    }

    /// Whether a field is dropped without being counted.
    func drops(_ name: UnsafeRawBufferPointer) -> Bool {
        !dropped.isEmpty && dropped.contains(Array(name))
    }

    /// Sets a field. If a name occurs twice, the last value counts.
    mutating func set(_ name: UnsafeRawBufferPointer, _ value: FieldValue) {
        if let slot = slot(name) {
            values[slot] = value
        } else if drops(name) {
            return
        } else if keepsRest {
            if !value.isAbsent { rest.append((name, value)) }
        } else {
            let text = String(decoding: name.prefix(256), as: UTF8.self)
            let isNoted = leftOut[text] != nil || leftOut.count < WireLimits.notedNames
            leftOut[isNoted ? text : "(other fields)", default: 0] += 1
        }
    }

    mutating func set(_ name: StaticString, _ value: FieldValue) {
        set(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), value)
    }
}
