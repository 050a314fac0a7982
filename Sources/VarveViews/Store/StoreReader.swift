// Reading a store within one transaction, so that checkpoint and cells match.

internal import Foundation
internal import GRDB
internal import VarveBatchFormat
internal import VarveEvents
public import VarveHash
public import VarveProjections

/// A consistent state of a view store. Only valid inside `ViewStore.read`.
public struct StoreReader {
    let db: Database
    let path: String

    /// The position up to which the log has been folded.
    public func checkpoint() throws(ViewError) -> Checkpoint {
        try typed(at: path) {
            let row = try Row.fetchOne(db, sql: "SELECT high, low, checkpoint.* FROM store, checkpoint")
            guard let row else {
                throw ViewError(.damaged, "\(path): the checkpoint is missing")
            }
            let checkpoint = Checkpoint(
                store: StoreID(high: try row.bits(0), low: try row.bits(1)),
                epoch: UInt32(truncatingIfNeeded: try row.integer(4)), offset: Offset(try row.bits(3)),
                segment: Offset(try row.bits(5)), stamp: try row.optionalInteger(6).map { Timestamp(nanoseconds: $0) })
            // Stores of schema 2 have no hash.
            if row.count > 7, try row.integer(7) != StoreSchema.hash(checkpoint) {
                throw ViewError(.damaged, "\(path): the checkpoint does not match its hash")
            }
            return checkpoint
        }
    }

    /// The stored views, by name.
    public func views() throws(ViewError) -> [StoredView] {
        try typed(at: path) {
            let sql = """
                SELECT name, version, fingerprint, level, complete_from,
                    (SELECT count(*) FROM cells WHERE view = id) + (SELECT count(*) FROM entries WHERE view = id),
                    coalesce(frozen_at, (SELECT offset FROM checkpoint)), tally IS NOT NULL, frozen_at IS NOT NULL
                FROM views ORDER BY name, version
                """
            return try Row.fetchAll(db, sql: sql).map { row in
                let (level, isSequential) = (try row.integer(3), try row.bool(7))
                return StoredView(
                    name: try row.text(0), version: Int(clamping: try row.integer(1)),
                    fingerprint: SHA256Digest(bytes: try row.blob(2))?.description ?? "",
                    level: isSequential
                        ? "sequential" : UInt8(exactly: level).flatMap { BucketLevel(rawValue: $0) }?.name ?? String(level),
                    cells: Int(clamping: try row.integer(5)), isSequential: isSequential, isFrozen: try row.bool(8),
                    completeFrom: Offset(try row.bits(4)), offset: Offset(try row.bits(6)))
            }
        }
    }

    /// Throws when a row of `views` is invalid, or when cells or entries belong to no view.
    func checkViews() throws(ViewError) {
        try typed(at: path) {
            var known: Set<Int64> = []
            let sql = "SELECT name, version, fingerprint, level, complete_from, frozen_at, newest, tally, id FROM views"
            for row in try Row.fetchAll(db, sql: sql) {
                _ = (try row.text(0), try row.integer(1), try row.blob(2), try row.integer(3), try row.integer(4))
                _ = (try row.optionalInteger(5), try row.optionalInteger(6), try row.optionalBlob(7))
                known.insert(try row.integer(8))
            }
            for table in ["cells", "entries"] {
                // Seek from one view id to the next instead of scanning the table.
                var next = try Row.fetchOne(db, sql: "SELECT view FROM \(table) ORDER BY view LIMIT 1")
                while let row = next {
                    let view = try row.integer(0)
                    guard known.contains(view) else { throw ViewError(.damaged, "\(path): \(table) without a view") }
                    next = try Row.fetchOne(
                        db, sql: "SELECT view FROM \(table) WHERE view > ? ORDER BY view LIMIT 1", arguments: [view])
                }
            }
        }
    }

    /// The offsets missing in all views, ascending.
    public func gaps() throws(ViewError) -> [Gap] {
        try typed(at: path) {
            try Row.fetchAll(db, sql: "SELECT first, end, reason FROM gaps ORDER BY first").map { row in
                let (first, end) = (try row.bits(0), try row.bits(1))
                guard first <= end else { throw ViewError(.damaged, "\(path): a gap that ends before it begins") }
                return Gap(offsets: first..<end, reason: try row.text(2))
            }
        }
    }

    /// The rows of a view for `query`. Reads only the cells in its time range.
    public func rows(of definition: ViewDefinition, _ query: ViewQuery) throws(ViewError) -> [ViewRow] {
        guard let buckets = query.buckets(of: definition, definition.permanentLevel) else { return [] }
        let state = try state(of: definition, buckets: buckets)
        return try typed(at: path) { try state.rows(query) }
    }

    /// The state of a view at its permanent level, all of it or a range of buckets.
    public func state(of definition: ViewDefinition, buckets: ClosedRange<Int64>? = nil) throws(ViewError) -> ViewState {
        let id = try id(of: definition.name, definition.cellFingerprint, or: definition.fingerprint)
        let wanted = buckets ?? Int64.min...Int64.max
        return try typed(at: path) {
            let cursor = try StoreReader.cells(db, view: id, wanted)
            var cells: [CellState] = []
            while let row = try cursor.next() { cells.append(try Self.cell(row)) }
            return try ViewState(definition, level: definition.permanentLevel, cells: cells)
        }
    }

    /// The view hash, which equals that of a replay up to the view's offset.
    public func hash(of definition: ViewDefinition) throws(ViewError) -> SHA256Digest {
        try state(of: definition).viewHash
    }

    /// The state of a sequential projection.
    public func state(of projection: any SequentialProjection) throws(ViewError) -> SequentialState {
        let id = try id(of: projection.name, projection.fingerprint)
        return try typed(at: path) { try StoreReader.sequential(db, projection, view: id) }
    }

    /// The rows of a sequential projection for `query`.
    public func rows(
        of projection: any SequentialProjection, _ query: SequentialQuery = SequentialQuery()
    ) throws(ViewError) -> [ViewRow] {
        let state = try state(of: projection)
        return try typed(at: path) { try state.rows(query) }
    }

    /// The events that sequential projections could not process, by view and offset: those left out, and the one at which the
    /// projector has paused.
    public func poison() throws(ViewError) -> [PoisonRow] {
        try typed(at: path) {
            try Row.fetchAll(db, sql: "SELECT name, offset, reason, parked FROM poison ORDER BY name, offset").map { row in
                PoisonRow(
                    view: try row.text(0), offset: Offset(try row.bits(1)), reason: try row.text(2), isParked: try row.bool(3))
            }
        }
    }

    /// The id under which a view is stored: its cells, or those of an earlier fold, which may be read until its projector runs.
    private func id(of name: String, _ fingerprint: SHA256Digest, or earlier: SHA256Digest? = nil) throws(ViewError) -> Int64 {
        let found = try typed(at: path) {
            try Row.fetchAll(db, sql: "SELECT id, fingerprint FROM views WHERE name = ?", arguments: [name])
                .map { (id: try $0.integer(0), fingerprint: try $0.blob(1)) }
        }
        guard !found.isEmpty else {
            throw ViewError(.unknownView, "\(path): there is no view \(name) yet")
        }
        let own =
            found.first { $0.fingerprint == fingerprint.bytes } ?? found.first { $0.fingerprint == earlier?.bytes }
        guard let own else {
            throw ViewError(.outdatedView, "\(path): the view \(name) was built from another definition")
        }
        return own.id
    }

    static func sequential(_ db: Database, _ projection: any SequentialProjection, view: Int64) throws -> SequentialState {
        let head = try Row.fetchOne(db, sql: "SELECT newest, tally FROM views WHERE id = ?", arguments: [view])
        guard let head, let tally = try head.optionalBlob(1) else {
            throw ViewError(.damaged, "the view \(projection.name) is not stored as a sequential projection")
        }
        let newest = try head.optionalInteger(0).map { Timestamp(nanoseconds: $0) }
        var entries: [(key: [UInt8], entry: [UInt8])] = []
        let cursor = try Row.fetchCursor(db, sql: "SELECT key, state FROM entries WHERE view = ?", arguments: [view])
        while let row = try cursor.next() {
            let (key, stored) = (try row.blob(0), try row.blob(1))
            let size = stored.count - 8
            guard size >= 0, Array(stored[size...]) == check(0, key, stored[..<size]) else {
                throw ViewError(.damaged, "an entry of \(projection.name) does not match its hash; delete the store")
            }
            entries.append((key, Array(stored[..<size])))
        }
        return try SequentialState(projection, newest: newest, tally: tally, entries: entries)
    }

    /// The stored form of an entry: its bytes, then a hash of key and bytes.
    static func blob(_ key: [UInt8], _ entry: [UInt8]) -> Data {
        Data(entry + check(0, key, entry[...]))
    }

    /// Parses a row of `cells` and verifies its hash, because SQLite does not detect a flipped bit in a blob.
    static func cell(_ row: Row) throws -> CellState {
        let (bucket, key, stored) = (try row.integer(0), try row.blob(1), try row.blob(2))
        let size = stored.count - 8
        guard size >= 0, Array(stored[size...]) == check(bucket, key, stored[..<size]) else {
            throw ViewError(.damaged, "a cell of bucket \(bucket) does not match its hash; views are derived: delete the store")
        }
        return CellState(bucket: bucket, key: key, state: Array(stored[..<size]))
    }

    /// The stored form of a cell: its state, then a hash of bucket, key and state.
    static func blob(_ cell: CellState) -> Data {
        Data(cell.state + check(cell.bucket, cell.key, cell.state[...]))
    }

    private static func check(_ bucket: Int64, _ key: [UInt8], _ state: ArraySlice<UInt8>) -> [UInt8] {
        let keyHash = key.withUnsafeBytes { XXH3.hash64($0, seed: UInt64(bitPattern: bucket)) }
        let hash = state.withUnsafeBytes { XXH3.hash64($0, seed: keyHash) }
        return withUnsafeBytes(of: hash.littleEndian) { Array($0) }
    }

    static func cells(_ db: Database, view: Int64, _ buckets: ClosedRange<Int64>) throws -> RowCursor {
        let statement = try db.cachedStatement(
            sql: "SELECT bucket, key, state FROM cells WHERE view = ? AND bucket BETWEEN ? AND ?")
        return try Row.fetchCursor(statement, arguments: [view, buckets.lowerBound, buckets.upperBound])
    }
}
