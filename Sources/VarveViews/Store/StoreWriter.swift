// The writing connection of a store, used by its projector. Cells, checkpoint and gaps are written in one transaction, so that
// after a crash at any moment cells and checkpoint match (law 6).

internal import Foundation
internal import GRDB
internal import GRDBSQLite
internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash
internal import VarveProjections

final class StoreWriter: Sendable {
    let path: String
    let queue: DatabaseQueue
    /// Called at every step of a commit; tests throw from it.
    let onStep: (@Sendable (CommitStep) throws -> Void)?

    /// Opens the store at `path`, creating it if needed. The caller must hold the projector's lock.
    init(
        at path: String, log: StoreID, projector: String, onStep: (@Sendable (CommitStep) throws -> Void)? = nil
    ) throws(ViewError) {
        self.path = path
        self.onStep = onStep
        queue = try typed(at: path) {
            let queue = try DatabaseQueue(path: path, configuration: StoreSchema.configuration(readonly: false))
            try queue.writeWithoutTransaction { db in
                guard try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") == "wal" else {
                    throw ViewError(.damaged, "\(path): SQLite cannot use a write-ahead log here")
                }
                // Keep `-wal` and `-shm` when the last process closes the file, because a read-only reader needs them.
                var stays: Int32 = 1
                sqlite3_file_control(db.sqliteConnection, "main", SQLITE_FCNTL_PERSIST_WAL, &stays)
                try db.inTransaction(.immediate) {
                    if try !StoreSchema.isStore(db, at: path) { try StoreSchema.create(db, log: log, projector: projector) }
                    try StoreSchema.upgrade(db, at: path)
                    return .commit
                }
            }
            return queue
        }
    }

    func read<Value>(_ body: (StoreReader) throws(ViewError) -> Value) throws(ViewError) -> Value {
        try typed(at: path) {
            try queue.read { db in try body(StoreReader(db: db, path: path)) }
        }
    }

    /// The ids of stored views with exactly these definitions: definition → id.
    func current(_ definitions: [ViewDefinition]) throws(ViewError) -> [ViewDefinition: Int64] {
        try typed(at: path) {
            try queue.read { db in
                var found: [ViewDefinition: Int64] = [:]
                for definition in definitions {
                    found[definition] = try Int64.fetchOne(
                        db, sql: "SELECT id FROM views WHERE name = ? AND fingerprint = ? AND frozen_at IS NULL",
                        arguments: [definition.name, Data(definition.cellFingerprint.bytes)])
                }
                return found
            }
        }
    }

    /// The stored cells of ranges of buckets that do not overlap.
    func state(
        _ definition: ViewDefinition, view: Int64, _ buckets: [ClosedRange<Int64>]
    ) throws(ViewError) -> ViewState {
        try typed(at: path) {
            try queue.read { db in
                var cells: [CellState] = []
                for range in buckets {
                    let cursor = try StoreReader.cells(db, view: view, range)
                    while let row = try cursor.next() { cells.append(try StoreReader.cell(row)) }
                }
                return try ViewState(definition, level: definition.permanentLevel, cells: cells)
            }
        }
    }

    /// Applies the changes atomically.
    func commit(_ commit: StoreCommit) throws(ViewError) {
        try typed(at: path) {
            try queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = \(commit.durable ? "FULL" : "NORMAL")")
                try db.inTransaction(.immediate) {
                    try apply(commit, db)
                    return .commit
                }
            }
        }
    }

    private func apply(_ commit: StoreCommit, _ db: Database) throws {
        try onStep?(.begun)
        if commit.removesOthers {
            for view in try Int64.fetchAll(db, sql: "SELECT DISTINCT view FROM shown") { try dropTables(view: view, db) }
            for table in ["cells", "entries", "views", "poison"] { try db.execute(sql: "DELETE FROM \(table)") }
            try onStep?(.viewRemoved)
        }
        try freezeOthers(commit, db)
        for view in commit.rebuilt { try replace(view, db) }
        for view in commit.rebuiltSequential { try replace(view, db) }
        for change in commit.entries { try apply(change, db) }
        // A projector is paused before at most one poisoned event, and the record is removed when it continues.
        if commit.clearsPause { try db.execute(sql: "DELETE FROM poison WHERE parked = 0") }
        for row in commit.poison {
            try db.execute(
                sql: "INSERT OR REPLACE INTO poison VALUES (?, ?, ?, ?)",
                arguments: [row.view, Int64(bitPattern: row.offset.value), row.reason, row.isParked])
        }
        let put = try db.cachedStatement(sql: "INSERT OR REPLACE INTO cells VALUES (?, ?, ?, ?)")
        let drop = try db.cachedStatement(sql: "DELETE FROM cells WHERE view = ? AND bucket = ? AND key = ?")
        for view in commit.changes {
            for change in view.cells {
                switch change {
                case .set(let cell):
                    try put.execute(arguments: [view.view, cell.bucket, Data(cell.key), StoreReader.blob(cell)])
                case .removed(let bucket, let key): try drop.execute(arguments: [view.view, bucket, Data(key)])
                }
                try onStep?(.cellWritten)
            }
            for rows in view.rows { try self.put(rows.cells, rows.table, view.definition, view: view.view, db) }
        }
        for view in commit.unshown { try show(view.view, id: view.id, db) }
        if let promoted = commit.promoted { try nameShown(promoted, db) }
        if commit.replacesGaps { try db.execute(sql: "DELETE FROM gaps") }
        for gap in commit.gaps {
            try db.execute(
                sql: "INSERT OR REPLACE INTO gaps VALUES (?, ?, ?)",
                arguments: [Int64(bitPattern: gap.offsets.lowerBound), Int64(bitPattern: gap.offsets.upperBound), gap.reason])
            try onStep?(.gapWritten)
        }
        let checkpoint = commit.checkpoint
        try db.execute(
            sql: "UPDATE checkpoint SET offset = ?, epoch = ?, segment = ?, stamp = ?, hash = ?",
            arguments: [
                Int64(bitPattern: checkpoint.offset.value), Int64(checkpoint.epoch), Int64(bitPattern: checkpoint.segment.value),
                checkpoint.stamp?.nanoseconds, StoreSchema.hash(checkpoint),
            ])
        try db.execute(
            sql: "UPDATE store SET high = ?, low = ?",
            arguments: [Int64(bitPattern: checkpoint.store.high), Int64(bitPattern: checkpoint.store.low)])
        try onStep?(.checkpointWritten)
    }

    /// Freezes views that the projector no longer maintains: they stay as they are with their last offset. Other versions of a
    /// maintained view are removed instead; to keep both, the projector must be given both definitions.
    private func freezeOthers(_ commit: StoreCommit, _ db: Database) throws {
        guard let kept = commit.kept else { return }
        let names = kept.map(\.name)
        let prints = kept.map { Data($0.fingerprint.bytes) }
        let gone = try Int64.fetchAll(
            db,
            sql: """
                SELECT id FROM views WHERE name IN (\(databaseQuestionMarks(count: names.count)))
                    AND fingerprint NOT IN (\(databaseQuestionMarks(count: prints.count)))
                """,
            arguments: StatementArguments(names) + StatementArguments(prints))
        for id in gone {
            try remove(id, db)
            try onStep?(.viewRemoved)
        }
        try db.execute(
            sql: """
                UPDATE views SET frozen_at = (SELECT offset FROM checkpoint)
                    WHERE frozen_at IS NULL AND fingerprint NOT IN (\(databaseQuestionMarks(count: prints.count)))
                """,
            arguments: StatementArguments(prints))
        try onStep?(.othersFrozen)
    }

    func remove(_ id: Int64, _ db: Database) throws {
        try dropTables(view: id, db)
        try db.execute(sql: "DELETE FROM cells WHERE view = ?", arguments: [id])
        try db.execute(sql: "DELETE FROM entries WHERE view = ?", arguments: [id])
        try db.execute(sql: "DELETE FROM views WHERE id = ?", arguments: [id])
    }

    private func replace(_ rebuilt: RebuiltView, _ db: Database) throws {
        let definition = rebuilt.state.definition
        let old = try Int64.fetchOne(
            db, sql: "SELECT id FROM views WHERE name = ? AND version = ?", arguments: [definition.name, definition.version])
        if let old {
            try remove(old, db)
            try onStep?(.viewRemoved)
        }
        try db.execute(
            sql: "INSERT INTO views (name, version, fingerprint, level, complete_from) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                definition.name, definition.version, Data(definition.cellFingerprint.bytes), Int(rebuilt.state.level.rawValue),
                Int64(bitPattern: rebuilt.completeFrom.value),
            ])
        let id = db.lastInsertedRowID
        try onStep?(.viewAdded)
        let put = try db.cachedStatement(sql: "INSERT INTO cells VALUES (?, ?, ?, ?)")
        for cell in rebuilt.state.cells() {
            try put.execute(arguments: [id, cell.bucket, Data(cell.key), StoreReader.blob(cell)])
            try onStep?(.cellWritten)
        }
        try show(rebuilt.state, id: id, db)
    }
}
