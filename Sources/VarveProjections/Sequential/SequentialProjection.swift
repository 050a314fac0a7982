// What does not merge: sessions, incidents, anything whose state depends on what came before. Such a projection is Swift code
// that folds events in the order of their offsets into entries, each found by a key:
//
//     event ──fold──▶ entries[key]                 one entry per session, incident, threshold …
//                         │ encode                 canonical bytes: snapshots, view hash, rows of the store
//                         └ rows                   what a reader sees: flat rows of one of the projection's tables
//
// A fold may look at the event and the entries and at nothing else: no clock, no randomness, no order of a dictionary. What is
// undone when it throws, how many entries there may be and when finished ones go is the engine's business (`SequentialState`).

public import VarveEvents
public import VarveHash

/// A view that is folded in offset order.
public protocol SequentialProjection: Sendable {
    associatedtype Entry: SequentialEntry

    /// A command-line word: `sessions`. No two views have one name.
    var name: String { get }
    /// Raised by the author when the meaning of `fold` changes.
    var version: Int { get }
    /// The signals it looks at; others do not reach `fold`.
    var signals: SignalFilter { get }
    /// What `fold` reads of an event, by number: `event.value(0)`.
    var fields: [Field] { get }
    /// What `fold` asks of an event, by number: `event.holds(0)`.
    var conditions: [Condition] { get }
    /// All else that its entries depend on, in bytes of its own choice: parameters. Part of the fingerprint.
    var parameters: [UInt8] { get }
    /// How many entries there may be, and for how long.
    var limits: SequentialLimits { get }
    /// The fingerprints of definitions whose entries at R this one takes over: the same view as an earlier program had it.
    var former: [SHA256Digest] { get }
    /// The version of the same name whose entries at R this one takes over, if any.
    var continues: Int? { get }

    /// Takes one event into the entries. When it throws, everything it did to them is undone, and the event is poisoned: its
    /// projector pauses there, or parks it.
    func fold(_ event: SequentialEvent, into entries: inout SequentialEntries<Entry>) throws(PoisonedEvent)

    /// What a reader can ask for; the first is the usual one.
    var tables: [SequentialTable] { get }
    /// When the entry began and ended by the events' own time; no end where it goes on. `--from` and `--to` choose by it.
    func span(of entry: Entry) -> (start: Timestamp, end: Timestamp?)
    /// The rows of one entry in table `table`, a value per column. `newest` is the newest event time of the log's prefix: what
    /// is going on has lasted until then.
    func rows(of table: String, key: [UInt8], _ entry: Entry, newest: Timestamp) -> [[ViewValue]]
    /// How many rows of the entry are not kept any more, and before which time they happened; nil where all are.
    func dropped(from table: String, _ entry: Entry) -> (rows: Int64, before: Timestamp)?
}

extension SequentialProjection {
    public var conditions: [Condition] { [] }
    public var limits: SequentialLimits { SequentialLimits() }
    public var former: [SHA256Digest] { [] }
    public var continues: Int? { nil }

    public func dropped(from table: String, _ entry: Entry) -> (rows: Int64, before: Timestamp)? { nil }

    /// What tells its states from those of another definition.
    public var fingerprint: SHA256Digest { fingerprint(parameters: parameters) }

    func fingerprint(parameters: [UInt8]) -> SHA256Digest {
        var out = DefinitionWriter()
        out.text("varve sequential")
        out.number(Int64(engineVersion))
        out.text(name)
        out.number(Int64(version))
        out.list(signals.names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }) { $0.text($1) }
        out.list(signals.prefixes.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }) { $0.text($1) }
        out.list(fields) { $0.field($1) }
        out.list(conditions) { $0.condition($1) }
        out.number(Int64(limits.entries))
        out.number(limits.keepsFinished)
        out.number(Int64(parameters.count))
        out.bytes += parameters
        if limits.countsFromBeginning { out.text("from the beginning") }
        return out.bytes.withUnsafeBytes { SHA256Digest(of: $0) }
    }

    /// The columns that a batch should hold.
    public var columns: Set<ColumnKey> {
        Set((fields + conditions.flatMap(\.fields)).flatMap(\.columns))
    }
}
