// Views that do not merge: sessions, incidents, anything whose state depends on earlier events. Such a projection is Swift code
// that folds events in offset order into keyed entries:
//
//     event ──fold──▶ entries[key]                 one entry per session, incident, threshold …
//                         │ encode                 canonical bytes: snapshots, view hash, rows of the store
//                         └ rows                   shown to readers: flat rows of one of the projection's tables
//
// A fold may read only the event and the entries: no clock, no randomness, no dictionary order. The engine (`SequentialState`)
// undoes a fold that throws, limits the number of entries, and removes finished ones.

public import VarveEvents
public import VarveHash

/// A view that is folded in offset order.
public protocol SequentialProjection: Sendable {
    associatedtype Entry: SequentialEntry

    /// The name, a single command-line word: `sessions`. Unique among all views.
    var name: String { get }
    /// Incremented by the author when the meaning of `fold` changes.
    var version: Int { get }
    /// The signals it uses; others do not reach `fold`.
    var signals: SignalFilter { get }
    /// The fields that `fold` reads, by index: `event.value(0)`.
    var fields: [Field] { get }
    /// The conditions that `fold` tests, by index: `event.holds(0)`.
    var conditions: [Condition] { get }
    /// Everything else that its entries depend on, as bytes: parameters. Part of the fingerprint.
    var parameters: [UInt8] { get }
    /// How many entries there may be, and how long they are kept.
    var limits: SequentialLimits { get }
    /// The fingerprints of definitions whose entries at R this one takes over: the same view in earlier programs.
    var former: [SHA256Digest] { get }
    /// The first version of the same name whose entries at R this one takes over, if any; it takes over those of the newest one
    /// from there on.
    var continues: Int? { get }

    /// Folds one event into the entries. If it throws, all its changes to them are undone, and the event is poisoned: the
    /// projector pauses there, or parks it.
    func fold(_ event: SequentialEvent, into entries: inout SequentialEntries<Entry>) throws(PoisonedEvent)

    /// The tables that can be queried; the first is the default.
    var tables: [SequentialTable] { get }
    /// When the entry began and ended, by event time; no end if it is open. `--from` and `--to` select by it.
    func span(of entry: Entry) -> (start: Timestamp, end: Timestamp?)
    /// The rows of one entry in table `table`, one value per column. `newest` is the newest event time of the log's prefix:
    /// open durations end there.
    func rows(of table: String, key: [UInt8], _ entry: Entry, newest: Timestamp) -> [[ViewValue]]
    /// The number of rows of the entry that are no longer stored, and the time before which they happened; nil if all are
    /// stored.
    func dropped(from table: String, _ entry: Entry) -> (rows: Int64, before: Timestamp)?
}

extension SequentialProjection {
    public var conditions: [Condition] { [] }
    public var limits: SequentialLimits { SequentialLimits() }
    public var former: [SHA256Digest] { [] }
    public var continues: Int? { nil }

    public func dropped(from table: String, _ entry: Entry) -> (rows: Int64, before: Timestamp)? { nil }

    /// Identifies its states.
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

    /// The columns that a batch should contain.
    public var columns: Set<ColumnKey> {
        Set((fields + conditions.flatMap(\.fields)).flatMap(\.columns))
    }
}
