internal import VarveEvents

/// One session: adjacent events are no further apart than the gap.
public struct SessionEntry: SequentialEntry, Hashable {
    /// 1 for the first of its key.
    var number: Int64
    var start: Int64
    var end: Int64
    var events: Int64 = 0
    /// Events that arrived after earlier sessions had been removed: they may belong to one of those.
    var late: Int64 = 0
    var attributes: [EntityRegister]

    /// Counting never reaches larger numbers.
    private static let numberMax: Int64 = 1 << 48

    public var isFinished: Bool { true }

    init(number: Int64, at time: Int64, attributes: Int) {
        self.number = number
        (start, end) = (time, time)
        self.attributes = [EntityRegister](repeating: EntityRegister(), count: attributes)
    }

    /// Whether an event at `time` belongs to the session, or would join it.
    func reaches(_ time: Int64, _ gap: Int64) -> Bool {
        EntityCourse.elapsed(end, time) <= gap && EntityCourse.elapsed(time, start) <= gap
    }

    /// Merges another session of the same key.
    mutating func merge(_ other: SessionEntry, _ choices: [EntityAttribute]) {
        (start, end) = (min(start, other.start), max(end, other.end))
        events &+= other.events
        late &+= other.late
        for (index, attribute) in choices.enumerated() where index < min(attributes.count, other.attributes.count) {
            attributes[index].merge(other.attributes[index], attribute.choice)
        }
    }

    public func encode(into out: inout StateWriter) {
        for value in [number, start, end, events, late] { out.fixed(value) }
        out.leb(UInt64(attributes.count))
        for attribute in attributes { out.register(attribute) }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        try self.init(numbers: &reader)
        for _ in 0..<(try reader.leb()) { attributes.append(try reader.register()) }
    }

    /// Reads a session of the version in which events counted in log order, and values had no times.
    public init(former reader: inout StateReader) throws(StateError) {
        try self.init(numbers: &reader)
        for _ in 0..<(try reader.leb()) { attributes.append(EntityRegister(value: try reader.value(), time: end)) }
    }

    private init(numbers reader: inout StateReader) throws(StateError) {
        number = try reader.fixed(Int64.self)
        guard (1...Self.numberMax).contains(number) else { throw reader.fail("a session with the number \(number)") }
        start = try reader.fixed(Int64.self)
        end = try reader.fixed(Int64.self)
        events = try reader.count()
        late = try reader.count()
        attributes = []
    }
}
