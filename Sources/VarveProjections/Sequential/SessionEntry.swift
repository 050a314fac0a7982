/// One session.
public struct SessionEntry: SequentialEntry, Hashable {
    /// 1 for the first of its key.
    var number: Int64
    var start: Int64
    var end: Int64
    var events: Int64 = 0
    /// Events from before its start, by more than the gap.
    var late: Int64 = 0
    var attributes: [ViewValue]

    public var isFinished: Bool { true }

    init(number: Int64, at time: Int64, attributes: Int) {
        self.number = number
        (start, end) = (time, time)
        self.attributes = [ViewValue](repeating: .null, count: attributes)
    }

    public func encode(into out: inout StateWriter) {
        for value in [number, start, end, events, late] { out.fixed(value) }
        out.leb(UInt64(attributes.count))
        for attribute in attributes { out.value(attribute) }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        number = try reader.fixed(Int64.self)
        start = try reader.fixed(Int64.self)
        end = try reader.fixed(Int64.self)
        events = try reader.count()
        late = try reader.count()
        attributes = []
        for _ in 0..<(try reader.leb()) { attributes.append(try reader.value()) }
    }
}
