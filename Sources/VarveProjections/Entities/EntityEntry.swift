// What is kept of one thing. Its newest changes stand side by side in their order, so that an event that comes late finds its
// place among them and amends everything behind it:
//
//     past ──▶ change │ change │ change ──▶ status, times, transitions
//              └──────── at most N ─────┘
//
// When there are too many, neighbours that did the same become one, the oldest first; where there are none, the oldest change
// becomes part of the past, which nothing amends any more.

internal import VarveEvents

/// What is kept of one thing.
public struct EntityEntry: SequentialEntry, Hashable {
    /// A change of status.
    struct Transition: Hashable, Sendable {
        var time: Int64
        var offset: UInt64
        var status: ViewValue
    }

    /// What is older than the changes that are kept one by one.
    struct Past: Hashable, Sendable {
        var course: EntityCourse
        /// The newest change in it; what goes before it comes too late.
        var newest: EntityChange
        /// Its newest transitions, as far as there are fewer changes than may be kept.
        var transitions: [Transition] = []
    }

    var past: Past?
    /// In their order.
    var changes: [EntityChange] = []
    var events: Int64 = 0
    /// Events that came too late to find their place.
    var unapplied: Int64 = 0
    var attributes: [EntityRegister]

    init(attributes: Int) {
        self.attributes = [EntityRegister](repeating: EntityRegister(), count: attributes)
    }

    /// Where the thing is after all of them. O(changes).
    var course: EntityCourse { walk { _, _ in } }

    public var isFinished: Bool { !course.isOpen }

    public var began: Int64? { past?.course.opened ?? changes.first?.time }

    /// Goes through the changes and tells of each that is a transition.
    private func walk(_ onTransition: (EntityChange, EntityCourse) -> Void) -> EntityCourse {
        var rest = changes[...]
        var course: EntityCourse
        if let past {
            course = past.course
        } else {
            // No entry is kept before it has a change.
            course = EntityCourse(beginning: rest.popFirst() ?? .none)
            if let first = changes.first { onTransition(first, course) }
        }
        for change in rest where course.apply(change) { onTransition(change, course) }
        return course
    }

    /// The newest transitions, and the status and time before the first of them where they are known.
    var transitions: (before: (status: ViewValue, since: Int64)?, newest: [Transition]) {
        var found = past?.transitions ?? []
        var before: (ViewValue, Int64)?
        if let past, found.isEmpty { before = (past.course.status, past.course.since) }
        _ = walk { change, course in
            found.append(Transition(time: course.since, offset: change.offset, status: course.status))
        }
        return (before, found)
    }

    /// Takes a change, wherever it belongs, and keeps `limit` of them at most.
    mutating func take(_ new: EntityChange, _ order: EntityOrder, keep limit: Int) {
        if let past {
            if order.precedes(new, at: new.time, past.newest, at: past.newest.last) {
                // One that does nothing would have been the beginning.
                if !new.isBare || new.time <= past.course.opened { unapplied &+= 1 }
                return
            }
            if !order.precedes(past.newest, at: past.newest.last, new, at: new.time) { return }
        }
        var place = changes.count
        while place > 0, order.precedes(new, at: new.time, changes[place - 1], at: changes[place - 1].time) { place -= 1 }
        if place > 0 {
            let before = changes[place - 1]
            if new.isBare || new.isSame(as: before) && new.time <= before.last { return }
            if order.precedes(new, at: new.time, before, at: before.last) {
                // Among several that did the same and stand as one: when the thing went back to their status is not known.
                unapplied &+= 1
                return
            }
        } else if new.isBare, past != nil {
            return
        }
        changes.insert(new, at: place)
        // What does nothing unless the thing begins with it, and it does not.
        if place == 0, changes.count > 1, changes[1].isBare { changes.remove(at: 1) }
        while changes.count > max(1, limit) { shrink() }
        trim(to: max(1, limit))
    }

    /// Makes do with one change less.
    private mutating func shrink() {
        if let index = changes.indices.dropLast().first(where: { changes[$0 + 1].isSame(as: changes[$0]) }) {
            changes[index].last = changes[index + 1].last
            changes.remove(at: index + 1)
            return
        }
        let oldest = changes.removeFirst()
        var made = past ?? Past(course: EntityCourse(beginning: oldest), newest: oldest)
        if past == nil || made.course.apply(oldest) {
            made.transitions.append(
                Transition(time: made.course.since, offset: oldest.offset, status: made.course.status))
        }
        made.newest = oldest
        past = made
    }

    /// As many transitions of the past as there is room for.
    private mutating func trim(to limit: Int) {
        guard let count = past?.transitions.count, count > 0, count + changes.count > limit else { return }
        past?.transitions.removeFirst(min(count, count + changes.count - limit))
    }
}

extension EntityChange {
    fileprivate static let none = EntityChange(time: 0, last: 0, offset: 0, effect: .closes, isGiven: false, status: .null)
}
