/// The entries of a sequential projection while events are folded: a dictionary that knows what has changed since it was last
/// asked, and that can take back what one event did.
public struct SequentialEntries<Entry: SequentialEntry>: Sendable {
    /// An entry, and the append time of the event that changed it last.
    struct Held: Sendable {
        var entry: Entry
        var touched: Int64
    }

    private(set) var entries: [[UInt8]: Held] = [:]
    /// The append time of the event at hand.
    var now: Int64 = 0
    /// Keys that were set or removed since changes were last taken.
    private var changed: Set<[UInt8]> = []
    private var tracksChanges = false
    /// What the event at hand has replaced.
    private var undo: [(key: [UInt8], entry: Held?)] = []
    private let limit: Int
    /// Events that would have made an entry too many.
    private(set) var leftOut: Int64 = 0
    private var leftOutBefore: Int64 = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// Longer keys are a mistake of who sent them.
    public static var keyBytesMax: Int { 4_096 }

    public var count: Int { entries.count }

    /// The entry under `key`, if there is one.
    public subscript(key: [UInt8]) -> Entry? { entries[key]?.entry }

    /// Lets `body` change the entry under `key`, make it, or remove it by setting nil. A new entry beyond the limit is counted
    /// and forgotten.
    public mutating func update(_ key: [UInt8], _ body: (inout Entry?) -> Void) {
        let held = entries[key]
        var entry = held?.entry
        let isNew = held == nil
        undo.append((key, held))
        body(&entry)
        if isNew, entry != nil, entries.count >= limit {
            leftOut += 1
            undo.removeLast()
            return
        }
        entries[key] = entry.map { Held(entry: $0, touched: now) }
        if tracksChanges { changed.insert(key) }
    }

    /// The event at hand is done with, or (`undoing`) was poisoned.
    mutating func endEvent(undoing: Bool) {
        if undoing {
            for (key, entry) in undo.reversed() { entries[key] = entry }
            leftOut = leftOutBefore
        }
        leftOutBefore = leftOut
        undo.removeAll(keepingCapacity: true)
    }

    /// Removes what was finished before `time`; returns how many that were.
    mutating func removeFinished(before time: Int64) -> Int {
        // Each entry is looked at on its own, so the dictionary's order cannot show.
        let gone = entries.filter { $0.value.entry.isFinished && $0.value.touched < time }.map(\.key)
        for key in gone {
            entries[key] = nil
            if tracksChanges { changed.insert(key) }
        }
        return gone.count
    }

    /// The entries by the bytes of their keys.
    var sorted: [(key: [UInt8], value: Held)] {
        entries.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.key, $0.value) }
    }

    /// From now on changes are remembered, for `takeChanges`.
    mutating func trackChanges() {
        tracksChanges = true
    }

    /// The keys that changed since this was last called, sorted, with what is there now.
    mutating func takeChanges() -> [(key: [UInt8], entry: Held?)] {
        let keys = changed.sorted { $0.lexicographicallyPrecedes($1) }
        changed = []
        return keys.map { ($0, entries[$0]) }
    }

    /// Puts a stored entry back.
    mutating func restore(_ key: [UInt8], _ entry: Entry, touched: Int64) {
        entries[key] = Held(entry: entry, touched: touched)
    }

    mutating func restore(leftOut: Int64) {
        self.leftOut = leftOut
        leftOutBefore = leftOut
    }
}
