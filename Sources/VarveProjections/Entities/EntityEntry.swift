// The stored state of one thing. Its newest changes are stored individually, in order, so that a late event can be inserted
// among them and correct everything after it:
//
//     past ──▶ change │ change │ change ──▶ status, times, transitions
//              └──────── at most N ─────┘
//
// When there are too many, adjacent changes with the same effect are combined, oldest first; if there are none, the oldest
// change becomes part of the past, which is final.

internal import VarveEvents

/// The stored state of one thing.
public struct EntityEntry: SequentialEntry, Hashable {
    /// A change of status.
    struct Transition: Hashable, Sendable {
        var time: Int64
        var offset: UInt64
        var status: ViewValue
    }

    /// The state before the individually stored changes.
    struct Past: Hashable, Sendable {
        var course: EntityCourse
        /// The newest change included; earlier events are too late.
        var newest: EntityChange
        /// Its newest transitions, if fewer changes are stored than the limit.
        var transitions: [Transition] = []
    }

    var past: Past?
    /// The changes, in order.
    var changes: [EntityChange] = []
    var events: Int64 = 0
    /// Events that were too late to be placed.
    var unapplied: Int64 = 0
    var attributes: [EntityRegister]

    init(attributes: Int) {
        self.attributes = [EntityRegister](repeating: EntityRegister(), count: attributes)
    }

    /// The state after all changes. O(changes).
    var course: EntityCourse { walk { _, _ in } }

    public var isFinished: Bool { !course.isOpen }

    public var began: Int64? { past?.course.opened ?? changes.first?.time }

    /// Applies the changes in order and calls back for each transition.
    private func walk(_ onTransition: (EntityChange, EntityCourse) -> Void) -> EntityCourse {
        var rest = changes[...]
        var course: EntityCourse
        if let past {
            course = past.course
        } else {
            // Every stored entry has at least one change.
            course = EntityCourse(beginning: rest.popFirst() ?? .none)
            if let first = changes.first { onTransition(first, course) }
        }
        for change in rest where course.apply(change) { onTransition(change, course) }
        return course
    }

    /// The newest transitions, and the status and time before the first of them if known.
    var transitions: (before: (status: ViewValue, since: Int64)?, newest: [Transition]) {
        var found = past?.transitions ?? []
        var before: (ViewValue, Int64)?
        if let past, found.isEmpty { before = (past.course.status, past.course.since) }
        _ = walk { change, course in
            found.append(Transition(time: course.since, offset: change.offset, status: course.status))
        }
        return (before, found)
    }

    /// Inserts a change at its place, and keeps at most `limit` changes.
    mutating func take(_ new: EntityChange, _ order: EntityOrder, keep limit: Int) {
        if let past {
            if order.precedes(new, at: new.time, past.newest, at: past.newest.last) {
                // A change without effect only matters as the beginning.
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
                // It falls between changes that were combined: when the thing returned to their status is unknown.
                unapplied &+= 1
                return
            }
        } else if new.isBare, past != nil {
            return
        }
        changes.insert(new, at: place)
        // A change that only has an effect as the beginning, and is no longer the beginning.
        if place == 0, changes.count > 1, changes[1].isBare { changes.remove(at: 1) }
        while changes.count > max(1, limit) { shrink() }
        trim(to: max(1, limit))
    }

    /// Reduces the number of changes by one.
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

    /// Keeps as many transitions of the past as there is room for.
    private mutating func trim(to limit: Int) {
        guard let count = past?.transitions.count, count > 0, count + changes.count > limit else { return }
        past?.transitions.removeFirst(min(count, count + changes.count - limit))
    }
}

extension EntityChange {
    fileprivate static let none = EntityChange(time: 0, last: 0, offset: 0, effect: .closes, isGiven: false, status: .null)
}
