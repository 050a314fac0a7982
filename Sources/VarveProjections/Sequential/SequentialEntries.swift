/// The entries of a sequential projection while events are folded: a dictionary that knows what has changed since it was last
/// asked, and that can take back what one event did.
///
/// It is asked several times for every event, so what happens then can be specialised by the module of the projection.
public struct SequentialEntries<Entry: SequentialEntry>: Sendable {
    /// An entry, and the append time of the event that changed it last.
    @usableFromInline
    struct Held: Sendable {
        @usableFromInline var entry: Entry
        @usableFromInline var touched: Int64

        @usableFromInline
        init(entry: Entry, touched: Int64) {
            self.entry = entry
            self.touched = touched
        }
    }

    @usableFromInline var slots = KeySlots()
    /// By slot.
    @usableFromInline var held: [Held?] = []
    /// How many of them are there.
    @usableFromInline var heldCount = 0
    /// The append time of the event at hand.
    @usableFromInline var now: Int64 = 0
    /// By slot, whether it was set or emptied since changes were last taken; and those slots.
    @usableFromInline var isChanged: [Bool] = []
    @usableFromInline var changed: [Int] = []
    @usableFromInline var tracksChanges = false
    /// What the event at hand has replaced; of an earlier event when `undoOf` is not the number of this one.
    @usableFromInline var undo: [(slot: Int, before: Held?)] = []
    @usableFromInline var undoOf: UInt64 = 0
    @usableFromInline var event: UInt64 = 1
    @usableFromInline let limit: Int
    /// Events that would have made an entry too many.
    @usableFromInline var leftOut: Int64 = 0
    private var leftOutBefore: Int64 = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// Longer keys are a mistake of who sent them.
    public static var keyBytesMax: Int { 4_096 }

    public var count: Int { heldCount }

    /// The entry under `key`, if there is one.
    @inlinable
    public subscript(key: [UInt8]) -> Entry? {
        slots.find(key).flatMap { held[$0]?.entry }
    }

    /// Lets `body` change the entry under `key`, make it, or remove it by setting nil. A new entry beyond the limit is counted
    /// and forgotten.
    @inlinable
    public mutating func update(_ key: [UInt8], _ body: (inout Entry?) -> Void) {
        let slot = slot(of: key)
        let before = held[slot]
        var entry = before?.entry
        body(&entry)
        if before == nil, entry != nil, heldCount >= limit {
            leftOut += 1
            return
        }
        if undoOf != event {
            undo.removeAll(keepingCapacity: true)
            undoOf = event
        }
        undo.append((slot, before))
        heldCount += (entry == nil ? 0 : 1) - (before == nil ? 0 : 1)
        held[slot] = entry.map { Held(entry: $0, touched: now) }
        noteChange(of: slot)
    }

    /// Whether a new entry would be one too many.
    var isFull: Bool { heldCount >= limit }

    /// Counts an event that would have made an entry too many.
    mutating func leaveOut() { leftOut += 1 }

    /// Puts the entry under `key` under another key, with what `body` makes of it; that it moves is no change of its own, so
    /// that it goes when it would have gone. What stood under the other key is replaced.
    mutating func move(_ key: [UInt8], to other: [UInt8], _ body: (inout Entry) -> Void) {
        let from = slot(of: key)
        guard var moved = held[from] else { return }
        body(&moved.entry)
        let to = slot(of: other)
        if undoOf != event {
            undo.removeAll(keepingCapacity: true)
            undoOf = event
        }
        for (slot, new) in [(from, nil), (to, moved)] {
            undo.append((slot, held[slot]))
            put(new, slot)
            noteChange(of: slot)
        }
    }

    @inlinable
    mutating func slot(of key: [UInt8]) -> Int {
        let slot = slots.slot(of: key)
        if slot == held.count {
            held.append(nil)
            isChanged.append(false)
        }
        return slot
    }

    @usableFromInline
    mutating func noteChange(of slot: Int) {
        guard tracksChanges, !isChanged[slot] else { return }
        isChanged[slot] = true
        changed.append(slot)
    }

    /// The event at hand is done with.
    @inline(__always)
    mutating func endEvent() {
        leftOutBefore = leftOut
        event &+= 1
    }

    /// The event at hand was poisoned: takes back what it did.
    mutating func undoEvent() {
        if undoOf == event { for (slot, before) in undo.reversed() { put(before, slot) } }
        leftOut = leftOutBefore
        event &+= 1
    }

    /// Between batches: lets go of keys that came and went, once there are many.
    mutating func tidy() {
        if slots.count > 2 * heldCount + 4_096 { makeSlotsAnew() }
    }

    private mutating func put(_ new: Held?, _ slot: Int) {
        heldCount += (new == nil ? 0 : 1) - (held[slot] == nil ? 0 : 1)
        held[slot] = new
    }

    /// Lets go of keys without entries, unless somebody is still to be told that their entries went.
    private mutating func makeSlotsAnew() {
        guard changed.isEmpty else { return }
        let old = (keys: slots.keys, held: held)
        slots = KeySlots()
        held = []
        isChanged = []
        for (key, entry) in zip(old.keys, old.held) where entry != nil { held[slot(of: key)] = entry }
    }

    /// Removes what was finished before `time`, or has finished and began before it; returns how many that were.
    mutating func removeFinished(before time: Int64, fromBeginning: Bool) -> Int {
        let before = heldCount
        for slot in held.indices {
            guard let entry = held[slot],
                ((fromBeginning ? entry.entry.began : nil) ?? entry.touched) < time, entry.entry.isFinished
            else { continue }
            put(nil, slot)
            noteChange(of: slot)
        }
        return before - heldCount
    }

    /// The entries by the bytes of their keys.
    var sorted: [(key: [UInt8], value: Held)] {
        slots.sorted().compactMap { slot in held[slot].map { (key: slots.keys[slot], value: $0) } }
    }

    /// From now on changes are remembered, for `takeChanges`.
    mutating func trackChanges() {
        tracksChanges = true
    }

    /// The keys that changed since this was last called, sorted, with what is there now.
    mutating func takeChanges() -> [(key: [UInt8], entry: Held?)] {
        let taken = changed.map { (key: slots.keys[$0], entry: held[$0]) }
        for slot in changed { isChanged[slot] = false }
        changed.removeAll(keepingCapacity: true)
        return taken.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    /// Puts a stored entry back.
    mutating func restore(_ key: [UInt8], _ entry: Entry, touched: Int64) {
        put(Held(entry: entry, touched: touched), slot(of: key))
    }

    mutating func restore(leftOut: Int64) {
        self.leftOut = leftOut
        leftOutBefore = leftOut
    }
}
