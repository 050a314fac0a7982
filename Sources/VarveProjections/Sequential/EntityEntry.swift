internal import VarveEvents

/// What is kept of one thing.
public struct EntityEntry: SequentialEntry, Hashable {
    struct Transition: Hashable, Sendable {
        var time: Int64
        var offset: UInt64
        var status: ViewValue
    }

    /// Time spent in one status while the thing was open.
    struct Spell: Hashable, Sendable {
        var status: ViewValue
        var nanoseconds: Int64
    }

    var status: ViewValue
    var isOpen: Bool
    /// When it began, first of all, and when it began last.
    var opened: Int64
    var reopened: Int64
    /// When it got its status.
    var since: Int64
    var closed: Int64?
    var events: Int64 = 0
    var openings: Int64 = 0
    /// Events older than the status they found.
    var late: Int64 = 0
    var transitionCount: Int64 = 0
    var transitions: [Transition] = []
    var spells: [Spell] = []
    var attributes: [ViewValue]

    /// Different statuses whose time is kept apart; the rest is `__other__`.
    static let spellsMax = 32

    public var isFinished: Bool { !isOpen }

    /// How long it has had its status at `newest`; nothing once it is closed.
    func running(_ newest: Int64) -> Int64 {
        isOpen ? Self.elapsed(since, newest) : 0
    }

    /// Producers' clocks go backwards; time spent does not.
    static func elapsed(_ from: Int64, _ to: Int64) -> Int64 {
        let (length, overflow) = to.subtractingReportingOverflow(from)
        return overflow ? (to > from ? .max : 0) : max(0, length)
    }

    mutating func add(_ nanoseconds: Int64, to status: ViewValue) {
        let index = spells.firstIndex { $0.status == status }
        if let index {
            let (sum, overflow) = spells[index].nanoseconds.addingReportingOverflow(nanoseconds)
            spells[index].nanoseconds = overflow ? .max : sum
        } else if spells.count + 1 < Self.spellsMax || status == .string(ViewValue.otherName) {
            spells.append(Spell(status: status, nanoseconds: nanoseconds))
        } else {
            add(nanoseconds, to: .string(ViewValue.otherName))
        }
    }

    public func encode(into out: inout StateWriter) {
        out.fixed(UInt8(isOpen ? 1 : 0))
        out.value(status)
        for time in [opened, reopened, since, closed ?? .min] { out.fixed(time) }
        for count in [events, openings, late, transitionCount] { out.leb(UInt64(bitPattern: count)) }
        out.leb(UInt64(transitions.count))
        for transition in transitions {
            out.fixed(transition.time)
            out.fixed(transition.offset)
            out.value(transition.status)
        }
        out.leb(UInt64(spells.count))
        for spell in spells {
            out.value(spell.status)
            out.fixed(spell.nanoseconds)
        }
        out.leb(UInt64(attributes.count))
        for attribute in attributes { out.value(attribute) }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let flag = try reader.fixed(UInt8.self)
        guard flag <= 1 else { throw reader.fail("a flag of \(flag)") }
        isOpen = flag == 1
        status = try reader.value()
        opened = try reader.fixed(Int64.self)
        reopened = try reader.fixed(Int64.self)
        since = try reader.fixed(Int64.self)
        let closed = try reader.fixed(Int64.self)
        self.closed = closed == .min ? nil : closed
        attributes = []
        events = Int64(bitPattern: try reader.leb())
        openings = Int64(bitPattern: try reader.leb())
        late = Int64(bitPattern: try reader.leb())
        transitionCount = Int64(bitPattern: try reader.leb())
        for _ in 0..<(try reader.leb()) {
            transitions.append(
                Transition(
                    time: try reader.fixed(Int64.self), offset: try reader.fixed(UInt64.self), status: try reader.value()))
        }
        for _ in 0..<(try reader.leb()) {
            spells.append(Spell(status: try reader.value(), nanoseconds: try reader.fixed(Int64.self)))
        }
        for _ in 0..<(try reader.leb()) { attributes.append(try reader.value()) }
    }

    init(opened time: Int64, status: ViewValue, attributes: Int) {
        self.status = status
        isOpen = true
        (opened, reopened, since) = (time, time, time)
        self.attributes = [ViewValue](repeating: .null, count: attributes)
    }
}
