internal import Foundation
internal import GRDB
internal import VarveEvents
internal import VarveHash
internal import VarveProjections

/// Sequential projections in a store: one row per entry, and their counters in the view's own row.
extension StoreWriter {
    /// The ids of stored sequential projections with exactly these definitions: fingerprint → id.
    func current(_ projections: [any SequentialProjection]) throws(ViewError) -> [SHA256Digest: Int64] {
        try typed(at: path) {
            try queue.read { db in
                var found: [SHA256Digest: Int64] = [:]
                for projection in projections {
                    found[projection.fingerprint] = try Int64.fetchOne(
                        db, sql: "SELECT id FROM views WHERE name = ? AND fingerprint = ? AND frozen_at IS NULL",
                        arguments: [projection.name, Data(projection.fingerprint.bytes)])
                }
                return found
            }
        }
    }

    /// Loads a stored sequential projection.
    func state(_ projection: any SequentialProjection, view: Int64) throws(ViewError) -> SequentialState {
        try typed(at: path) { try queue.read { db in try StoreReader.sequential(db, projection, view: view) } }
    }

    func apply(_ change: SequentialChange, _ db: Database) throws {
        let put = try db.cachedStatement(sql: "INSERT OR REPLACE INTO entries VALUES (?, ?, ?)")
        let drop = try db.cachedStatement(sql: "DELETE FROM entries WHERE view = ? AND key = ?")
        for entry in change.entries {
            if let bytes = entry.entry {
                try put.execute(arguments: [change.view, Data(entry.key), StoreReader.blob(entry.key, bytes)])
            } else {
                try drop.execute(arguments: [change.view, Data(entry.key)])
            }
            try onStep?(.cellWritten)
        }
        try self.put(change.rows, change.tables, view: change.view, db)
        try db.execute(
            sql: "UPDATE views SET newest = ?, tally = ? WHERE id = ?",
            arguments: [change.newest?.nanoseconds, Data(change.tally), change.view])
    }

    func replace(_ rebuilt: SequentialResult, _ db: Database) throws {
        let view = rebuilt.state.projection
        let old = try Int64.fetchOne(
            db, sql: "SELECT id FROM views WHERE name = ? AND version = ?", arguments: [view.name, view.version])
        if let old { try remove(old, db) }
        try db.execute(
            sql: "INSERT INTO views (name, version, fingerprint, level, complete_from) VALUES (?, ?, ?, 0, ?)",
            arguments: [
                view.name, view.version, Data(view.fingerprint.bytes), Int64(bitPattern: rebuilt.completeFrom.value),
            ])
        let id = db.lastInsertedRowID
        try onStep?(.viewAdded)
        let tables = ShownTable.all(view)
        try makeTables(tables, view: id, db)
        try apply(
            SequentialChange(
                view: id, entries: rebuilt.state.entries(), tables: tables, rows: rebuilt.state.shownEntries(),
                newest: rebuilt.state.newest, tally: rebuilt.state.tallyBytes()), db)
    }
}
