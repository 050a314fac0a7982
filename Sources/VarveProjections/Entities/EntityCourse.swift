/// The state of a thing after some of its changes: its status, and the time spent in each status.
struct EntityCourse: Hashable, Sendable {
    /// The time spent in one status while the thing was open.
    struct Spell: Hashable, Sendable {
        var status: ViewValue
        var nanoseconds: Int64
    }

    var status: ViewValue
    var isOpen: Bool
    /// When it was first opened.
    var opened: Int64
    /// When it got its current status.
    var since: Int64
    var closed: Int64?
    var openings: Int64 = 1
    var transitions: Int64 = 1
    var spells: [Spell] = []

    /// The number of statuses whose times are stored separately; the others are summed in `__other__`.
    static let spellsMax = 32

    /// A thing that begins with `change`.
    init(beginning change: EntityChange) {
        status = change.status
        isOpen = change.effect != .closes
        (opened, since) = (change.time, change.time)
        closed = isOpen ? nil : change.time
    }

    /// Applies one change, which is not older than the previous ones. Returns whether the status changed.
    mutating func apply(_ change: EntityChange) -> Bool {
        // A status set after the closing, other than the one it was closed with, means that the thing goes on.
        let isGoingOn = change.effect == .updates && change.isGiven && change.status != status
        let reopens = !isOpen && (change.effect == .opens || isGoingOn)
        let closes = change.effect == .closes && isOpen
        let next = change.isGiven || reopens ? change.status : status
        guard reopens || closes || next != status else { return false }
        let time = max(change.time, since)
        add(running(time), to: status)
        status = next
        since = time
        if closes { (isOpen, closed) = (false, time) }
        if reopens {
            (isOpen, closed) = (true, nil)
            openings &+= 1
        }
        transitions &+= 1
        return true
    }

    /// How long it has had its status at `newest`; zero once it is closed.
    func running(_ newest: Int64) -> Int64 {
        isOpen ? Self.elapsed(since, newest) : 0
    }

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
}
