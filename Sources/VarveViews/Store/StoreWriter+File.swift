internal import GRDB
internal import GRDBSQLite

/// The file behind the connection: whether it is whole, whether it is still there, and its end.
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

    /// Reads what every run relies on; throws where it is not what a store holds.
    func checkRows() throws(ViewError) {
        try read { reader throws(ViewError) in
            _ = (try reader.checkpoint(), try reader.gaps(), try reader.poison())
            try reader.checkViews()
        }
    }

    /// Whether the open file is still the one that stands at its path.
    func isInPlace() -> Bool {
        queue.inDatabase { db in db.isFileInPlace }
    }

    /// The size of the write-ahead log that is open, which may have another name by now, or none.
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

    /// Closes the store. What is in the write-ahead log goes into the file first, unless a reader is in the middle of something:
    /// then it stays in the `-wal`, which is as good. The file is in WAL mode from its first moment on, so that no reader ever
    /// has to be waited for.
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
    /// Whether the file of this connection still stands at its path. It looks at the path alone: closing another handle of the
    /// file would free SQLite's locks.
    var isFileInPlace: Bool {
        var hasMoved: Int32 = 0
        let isKnown = sqlite3_file_control(sqliteConnection, "main", SQLITE_FCNTL_HAS_MOVED, &hasMoved) == SQLITE_OK
        return !isKnown || hasMoved == 0
    }
}
