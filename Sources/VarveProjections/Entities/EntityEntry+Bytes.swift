// Encoding and decoding of entries (docs/format/state.md), including version 1.

extension EntityEntry {
    public func encode(into out: inout StateWriter) {
        out.fixed(UInt8(past == nil ? 0 : 1))
        if let past {
            out.course(past.course)
            out.change(past.newest)
            out.transitions(past.transitions)
        }
        out.leb(UInt64(changes.count))
        for change in changes { out.change(change) }
        for count in [events, unapplied] { out.leb(UInt64(bitPattern: count)) }
        out.leb(UInt64(attributes.count))
        for attribute in attributes { out.register(attribute) }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        self.init(attributes: 0)
        if try reader.flag() {
            past = Past(course: try reader.course(), newest: try reader.change(), transitions: try reader.transitions())
        }
        for _ in 0..<(try reader.leb()) { changes.append(try reader.change()) }
        guard past != nil || !changes.isEmpty else { throw reader.fail("a thing without changes") }
        events = Int64(bitPattern: try reader.leb())
        unapplied = Int64(bitPattern: try reader.leb())
        for _ in 0..<(try reader.leb()) { attributes.append(try reader.register()) }
    }

    /// Reads an entry of an earlier definition, in the current form or in that of version 1. An entry of one form is not valid
    /// in the other.
    public init(former reader: inout StateReader) throws(StateError) {
        var current = reader
        if let entry = try? EntityEntry(from: &current), (try? current.finish()) != nil {
            (self, reader) = (entry, current)
        } else {
            try self.init(first: &reader)
        }
    }

    /// Reads an entry of version 1, which was folded in log order: all of it becomes past.
    private init(first reader: inout StateReader) throws(StateError) {
        self.init(attributes: 0)
        let isOpen = try reader.flag()
        let status = try reader.value()
        let opened = try reader.fixed(Int64.self)
        // When it was last opened.
        _ = try reader.fixed(Int64.self)
        let since = try reader.fixed(Int64.self)
        let closed = try reader.fixed(Int64.self)
        let newest = EntityChange(
            time: since, last: since, offset: 0, effect: isOpen ? .updates : .closes, isGiven: true, status: status)
        var course = EntityCourse(beginning: newest)
        (course.isOpen, course.opened, course.closed) = (isOpen, opened, closed == .min ? nil : closed)
        events = Int64(bitPattern: try reader.leb())
        course.openings = Int64(bitPattern: try reader.leb())
        // The number of late events, whatever their effect.
        _ = try reader.leb()
        course.transitions = Int64(bitPattern: try reader.leb())
        let transitions = try reader.transitions()
        course.spells = try reader.spells()
        past = Past(course: course, newest: newest, transitions: transitions)
        for _ in 0..<(try reader.leb()) {
            // The time of each value is only known to be no later than that of the status.
            attributes.append(EntityRegister(value: try reader.value(), time: since))
        }
    }
}

extension StateWriter {
    fileprivate mutating func change(_ change: EntityChange) {
        fixed(change.time)
        leb(UInt64(bitPattern: change.last &- change.time))
        leb(change.offset)
        fixed(change.effect.rawValue | (change.isGiven ? 0x80 : 0))
        value(change.status)
    }

    fileprivate mutating func course(_ course: EntityCourse) {
        fixed(UInt8(course.isOpen ? 1 : 0))
        value(course.status)
        for time in [course.opened, course.since, course.closed ?? .min] { fixed(time) }
        for count in [course.openings, course.transitions] { leb(UInt64(bitPattern: count)) }
        leb(UInt64(course.spells.count))
        for spell in course.spells {
            value(spell.status)
            fixed(spell.nanoseconds)
        }
    }

    fileprivate mutating func transitions(_ transitions: [EntityEntry.Transition]) {
        leb(UInt64(transitions.count))
        for transition in transitions {
            fixed(transition.time)
            fixed(transition.offset)
            value(transition.status)
        }
    }
}

extension StateReader {
    fileprivate mutating func flag() throws(StateError) -> Bool {
        let flag = try fixed(UInt8.self)
        guard flag <= 1 else { throw fail("a flag of \(flag)") }
        return flag == 1
    }

    fileprivate mutating func change() throws(StateError) -> EntityChange {
        let time = try fixed(Int64.self)
        let last = time &+ Int64(bitPattern: try leb())
        let offset = try leb()
        let kind = try fixed(UInt8.self)
        guard last >= time, let effect = EntityRule.Effect(rawValue: kind & 0x7F) else { throw fail("a change of kind \(kind)") }
        return EntityChange(
            time: time, last: last, offset: offset, effect: effect, isGiven: kind & 0x80 != 0, status: try value())
    }

    fileprivate mutating func course() throws(StateError) -> EntityCourse {
        let isOpen = try flag()
        let status = try value()
        let times = (try fixed(Int64.self), try fixed(Int64.self), try fixed(Int64.self))
        var course = EntityCourse(
            beginning: EntityChange(
                time: times.1, last: times.1, offset: 0, effect: isOpen ? .opens : .closes, isGiven: true, status: status))
        (course.opened, course.closed) = (times.0, times.2 == .min ? nil : times.2)
        course.openings = Int64(bitPattern: try leb())
        course.transitions = Int64(bitPattern: try leb())
        course.spells = try spells()
        return course
    }

    fileprivate mutating func transitions() throws(StateError) -> [EntityEntry.Transition] {
        var transitions: [EntityEntry.Transition] = []
        for _ in 0..<(try leb()) {
            transitions.append(
                EntityEntry.Transition(
                    time: try fixed(Int64.self), offset: try fixed(UInt64.self), status: try value()))
        }
        return transitions
    }

    fileprivate mutating func spells() throws(StateError) -> [EntityCourse.Spell] {
        var spells: [EntityCourse.Spell] = []
        for _ in 0..<(try leb()) {
            spells.append(EntityCourse.Spell(status: try value(), nanoseconds: try fixed(Int64.self)))
        }
        return spells
    }
}
