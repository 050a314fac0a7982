// The state of a sequential projection at one offset: its entries and a few numbers. As bytes (docs/format/state.md), all
// little-endian, entries by their key bytes:
//
//     ┌ magic "VSEQ" ┬ version u16 = 1 ┬ 0 u16 ┬ fingerprint 32 ┬ newest i64 ┬ tally ┬ entries u64 ┐
//     └──────────────┴─────────────────┴───────┴────────────────┴────────────┴───────┴─────────────┘
//     tally        next sweep i64 │ left out i64 │ swept i64 │ parked i64
//     per entry    length u32 │ key │ length u32 │ append time of its last change i64 │ entry

public import VarveEvents
public import VarveHash

private let magic: UInt32 = 0x5145_5356

private let version: UInt16 = 1

/// A sequential projection's state, of any type, as a value.
public struct SequentialState: Sendable {
    private var box: any SequentialBox
    /// The newest event time of the log's prefix, including events of other signals; nil before the first event.
    public private(set) var newest: Timestamp?

    /// An empty state.
    public init(_ projection: any SequentialProjection) {
        box = Self.box(projection)
    }

    private static func box<Projection: SequentialProjection>(_ projection: Projection) -> any SequentialBox {
        TypedBox(projection)
    }

    public var projection: any SequentialProjection { box.anyProjection }
    public var entryCount: Int { box.count }
    public var tally: SequentialTally { box.tally }

    /// Adds the events of `batch`, which must directly follow the previous ones and contain times, append times and the
    /// projection's columns. `park` decides about a poisoned event: true skips it, false throws it.
    public mutating func fold(_ batch: EventBatch, park: (PoisonedEvent) -> Bool = { _ in false }) throws(PoisonedEvent) {
        try box.fold(batch, park)
        if let time = batch.times.max() { newest = max(newest ?? Timestamp(nanoseconds: time), Timestamp(nanoseconds: time)) }
    }

    /// The state as bytes: equal for equal sequences of events.
    public func canonicalBytes() -> [UInt8] {
        var out = StateWriter()
        out.fixed(magic)
        out.fixed(version)
        out.fixed(UInt16(0))
        out.bytes += projection.fingerprint.bytes
        out.fixed(newest?.nanoseconds ?? .min)
        box.encode(&out)
        return out.bytes
    }

    /// Reads canonical bytes, strictly.
    public init(canonicalBytes bytes: [UInt8], projection: any SequentialProjection) throws(StateError) {
        try self.init(bytes, projection, fingerprint: projection.fingerprint, isFormer: false)
    }

    /// Reads the canonical bytes of a definition that `projection` replaces, and whose fingerprint is `former`.
    public init(
        canonicalBytes bytes: [UInt8], former: SHA256Digest, of projection: any SequentialProjection
    ) throws(StateError) {
        try self.init(bytes, projection, fingerprint: former, isFormer: true)
    }

    private init(
        _ bytes: [UInt8], _ projection: any SequentialProjection, fingerprint: SHA256Digest, isFormer: Bool
    ) throws(StateError) {
        var reader = StateReader(bytes)
        guard try reader.fixed(UInt32.self) == magic, try reader.fixed(UInt16.self) == version,
            try reader.fixed(UInt16.self) == 0
        else { throw StateError(.notAState, "it does not start as a sequential one of version \(version)", at: 0) }
        guard Array(bytes[try reader.take(32)]) == fingerprint.bytes else {
            throw StateError(.otherDefinition, "it belongs to another definition than \(projection.name)", at: 8)
        }
        self.init(projection)
        let newest = try reader.fixed(Int64.self)
        self.newest = newest == .min ? nil : Timestamp(nanoseconds: newest)
        try box.decode(&reader, isFormer: isFormer)
        try reader.finish()
    }

    /// A state from stored parts, in any order.
    public init(
        _ projection: any SequentialProjection, newest: Timestamp?, tally: [UInt8], entries: [(key: [UInt8], entry: [UInt8])]
    ) throws(StateError) {
        self.init(projection)
        self.newest = newest
        var reader = StateReader(tally)
        try box.decodeTally(&reader)
        try reader.finish()
        for entry in entries { try box.restore(entry.key, entry.entry) }
    }

    /// The tally as bytes, for a store with separate entries.
    public func tallyBytes() -> [UInt8] {
        var out = StateWriter()
        box.encodeTally(&out)
        return out.bytes
    }

    /// SHA-256 over fingerprint, counts and entries: everything the projection derived from the events. It does not cover
    /// `newest`, which other signals change too, nor append times.
    public var viewHash: SHA256Digest {
        var out = StateWriter()
        out.bytes += projection.fingerprint.bytes
        box.encodeContent(&out)
        return out.bytes.withUnsafeBytes { SHA256Digest(of: $0) }
    }

    /// Starts tracking changes.
    public mutating func trackChanges() { box.trackChanges() }

    /// The entries that changed since the last call, by key.
    public mutating func takeChanges() -> [EntryChange] { box.takeChanges() }

    /// All entries, by key.
    public func entries() -> [EntryChange] { box.entries() }

    /// Per table of the projection, the rows of the entry under `key`; empty if there is no entry.
    public func rows(ofKey key: [UInt8]) -> [[[ViewValue]]] {
        box.rows(ofKey: key, newest: newest ?? Timestamp(nanoseconds: 0))
    }

    /// Whether the rows of the entry under `key` change over time without an event of its own, because something is open.
    public func isMoving(_ key: [UInt8]) -> Bool {
        let now = newest ?? Timestamp(nanoseconds: 0)
        let (later, overflow) = now.nanoseconds.addingReportingOverflow(3_600_000_000_000)
        return !overflow && box.rows(ofKey: key, newest: now) != box.rows(ofKey: key, newest: Timestamp(nanoseconds: later))
    }

    /// The rows that answer `query`, in key order.
    public func rows(_ query: SequentialQuery = SequentialQuery()) throws(QueryError) -> [ViewRow] {
        try table(query).rows
    }

    /// The same, with the table, and the number of rows that are no longer stored.
    public func table(_ query: SequentialQuery = SequentialQuery()) throws(QueryError) -> TableRows {
        try box.table(query, newest: newest ?? Timestamp(nanoseconds: 0))
    }
}
