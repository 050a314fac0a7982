/// The entries of a sequential projection during a fold: a dictionary that tracks changes, and that can undo the changes of one
/// event.
///
/// It is accessed several times per event, so the accessors can be specialised in the projection's module.
public struct SequentialEntries<Entry: SequentialEntry>: Sendable {
    /// An entry, and the append time of the event that last changed it.
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
    /// Entries by slot.
    @usableFromInline var held: [Held?] = []
    /// The number of entries.
    @usableFromInline var heldCount = 0
    /// The append time of the current event.
    @usableFromInline var now: Int64 = 0
    /// By slot, whether it changed since changes were last taken; and the list of those slots.
    @usableFromInline var isChanged: [Bool] = []
    @usableFromInline var changed: [Int] = []
    @usableFromInline var tracksChanges = false
    /// What the current event has replaced; stale unless `undoOf` is the number of the current event.
    @usableFromInline var undo: [(slot: Int, before: Held?)] = []
    @usableFromInline var undoOf: UInt64 = 0
    @usableFromInline var event: UInt64 = 1
    @usableFromInline let limit: Int
    /// Events that would have exceeded the limit of entries.
    @usableFromInline var leftOut: Int64 = 0
    private var leftOutBefore: Int64 = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// Longer keys are considered an error of the sender.
    public static var keyBytesMax: Int { 4_096 }

    public var count: Int { heldCount }

    /// The entry under `key`, if there is one.
    @inlinable
    public subscript(key: [UInt8]) -> Entry? {
        slots.find(key).flatMap { held[$0]?.entry }
    }

    /// Lets `body` change the entry under `key`, create it, or remove it by setting nil. A new entry beyond the limit is
    /// counted and dropped.
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

    /// Whether a new entry would exceed the limit.
    var isFull: Bool { heldCount >= limit }

    /// Counts an event that would have exceeded the limit.
    mutating func leaveOut() { leftOut += 1 }

    /// Moves the entry under `key` to another key, with the changes of `body`. The move does not count as a change, so the
    /// entry expires when it would have expired. An entry under the other key is replaced.
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

    /// Ends the current event.
    @inline(__always)
    mutating func endEvent() {
        leftOutBefore = leftOut
        event &+= 1
    }

    /// Undoes the changes of the current, poisoned event.
    mutating func undoEvent() {
        if undoOf == event { for (slot, before) in undo.reversed() { put(before, slot) } }
        leftOut = leftOutBefore
        event &+= 1
    }

    /// Between batches: drops keys without entries, once there are many.
    mutating func tidy() {
        if slots.count > 2 * heldCount + 4_096 { rebuildSlots() }
    }

    private mutating func put(_ new: Held?, _ slot: Int) {
        heldCount += (new == nil ? 0 : 1) - (held[slot] == nil ? 0 : 1)
        held[slot] = new
    }

    /// Drops keys without entries, except those whose removal has not been reported yet.
    private mutating func rebuildSlots() {
        guard changed.isEmpty else { return }
        let old = (keys: slots.keys, held: held)
        slots = KeySlots()
        held = []
        isChanged = []
        for (key, entry) in zip(old.keys, old.held) where entry != nil { held[slot(of: key)] = entry }
    }

    /// Removes finished entries last changed, or begun, before `time`; returns their number.
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

    /// The entries, ordered by the bytes of their keys.
    var sorted: [(key: [UInt8], value: Held)] {
        slots.sorted().compactMap { slot in held[slot].map { (key: slots.keys[slot], value: $0) } }
    }

    /// Starts tracking changes for `takeChanges`.
    mutating func trackChanges() {
        tracksChanges = true
    }

    /// The keys that changed since the last call, sorted, with their current entries.
    mutating func takeChanges() -> [(key: [UInt8], entry: Held?)] {
        let taken = changed.map { (key: slots.keys[$0], entry: held[$0]) }
        for slot in changed { isChanged[slot] = false }
        changed.removeAll(keepingCapacity: true)
        return taken.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    /// Restores a stored entry.
    mutating func restore(_ key: [UInt8], _ entry: Entry, touched: Int64) {
        put(Held(entry: entry, touched: touched), slot(of: key))
    }

    mutating func restore(leftOut: Int64) {
        self.leftOut = leftOut
        leftOutBefore = leftOut
    }
}
