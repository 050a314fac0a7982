internal import GRDB
internal import GRDBSQLite

/// The file of the connection: validity checks, whether it is still in place, and closing.
extension StoreWriter {
    /// Throws when SQLite finds the file damaged.
    func checkWhole() throws(ViewError) {
        try typed(at: path) {
            try queue.read { db in
                let found = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "nothing"
                guard found == "ok" else { throw ViewError(.damaged, "\(path): SQLite's check says: \(found)") }
            }
        }
    }

    /// Reads the rows that every run relies on; throws if they are invalid.
    func checkRows() throws(ViewError) {
        try read { reader throws(ViewError) in
            _ = (try reader.checkpoint(), try reader.gaps(), try reader.poison())
            try reader.checkViews()
        }
    }

    /// Whether the open file is still the one at its path.
    func isInPlace() -> Bool {
        queue.inDatabase { db in db.isFileInPlace }
    }

    /// The size of the open write-ahead log, whose file may have been renamed or removed.
    func logSize() -> UInt64? {
        queue.inDatabase { db in
            var file: UnsafeMutablePointer<sqlite3_file>?
            let code = sqlite3_file_control(db.sqliteConnection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file)
            var size: sqlite3_int64 = 0
            guard code == SQLITE_OK, let methods = file?.pointee.pMethods, methods.pointee.xFileSize?(file, &size) == SQLITE_OK
            else { return nil }
            return UInt64(clamping: size)
        }
    }

    /// Closes the store. First checkpoints the write-ahead log into the file; if a reader prevents that, the `-wal` simply
    /// stays. The file is always in WAL mode, so closing never waits for a reader.
    func close() throws(ViewError) {
        try typed(at: path) {
            queue.inDatabase { db in
                try? db.execute(sql: "PRAGMA busy_timeout = 0")
                _ = try? Row.fetchAll(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            }
            try queue.close()
        }
    }
}

extension Database {
    /// Whether the file of this connection is still at its path. SQLite checks the path only, because closing another handle of
    /// the file would release SQLite's locks.
    var isFileInPlace: Bool {
        var hasMoved: Int32 = 0
        let isKnown = sqlite3_file_control(sqliteConnection, "main", SQLITE_FCNTL_HAS_MOVED, &hasMoved) == SQLITE_OK
        return !isKnown || hasMoved == 0
    }
}
