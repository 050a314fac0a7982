// The tables of a view store (docs/format/view-store.md), and how its file is opened.
//
//     store       one row: schema version, id of the log, projector's name
//     checkpoint  one row: offset, epoch, segment, stamp
//     views       name, version → fingerprint, level, complete_from, frozen_at
//     cells       (view, bucket, key) → state; clustered by that key, so that a range of buckets is a range of pages
//     entries     (view, key) → entry, for sequential projections
//     gaps        offsets that the log could not deliver
//     poison      events that a sequential projection could not process
//     shown       the tables of plain rows, and the names of their SQL views (`ShownTable`)
//
// Offsets are unsigned and SQLite's integers are signed, so their bits are stored.
//
// The file is always in WAL mode, because entering or leaving that mode takes a lock that any reader can delay. After a clean
// shutdown the empty `-wal` and the `-shm` stay, so that readers of an idle store create no files. Only one process writes:
// SQLite 3.40.1 loses pages when two connections write or checkpoint a WAL at once. Readers are opened read-only, and SQLite
// does not let these checkpoint.
//
// `synchronous` is NORMAL: a power cut may lose the last commits, but never part of one, and what is lost is folded again.
// Before a commit is announced in the registry, on which retention relies, the write-ahead log is synced (`StoreFile`).

internal import GRDB
internal import VarveBatchFormat
internal import VarveEvents
internal import VarveHash

enum StoreSchema {
    static let version = 3
    /// The oldest schema that is read; the projector upgrades it.
    private static let oldest = 2
    /// "VVIW" in the header of the SQLite file, by which it is recognized.
    static let applicationID = 0x5656_4957

    private static let tables = """
        CREATE TABLE store (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            schema INTEGER NOT NULL, high INTEGER NOT NULL, low INTEGER NOT NULL, projector TEXT NOT NULL
        ) STRICT;
        CREATE TABLE checkpoint (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            offset INTEGER NOT NULL, epoch INTEGER NOT NULL, segment INTEGER NOT NULL, stamp INTEGER, hash INTEGER
        ) STRICT;
        CREATE TABLE views (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL, version INTEGER NOT NULL, fingerprint BLOB NOT NULL, level INTEGER NOT NULL,
            complete_from INTEGER NOT NULL, frozen_at INTEGER, newest INTEGER, tally BLOB, UNIQUE (name, version)
        ) STRICT;
        CREATE TABLE cells (
            view INTEGER NOT NULL, bucket INTEGER NOT NULL, key BLOB NOT NULL, state BLOB NOT NULL,
            PRIMARY KEY (view, bucket, key)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE entries (
            view INTEGER NOT NULL, key BLOB NOT NULL, state BLOB NOT NULL, PRIMARY KEY (view, key)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE poison (
            name TEXT NOT NULL, offset INTEGER NOT NULL, reason TEXT NOT NULL, parked INTEGER NOT NULL, PRIMARY KEY (name, offset)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE gaps (
            first INTEGER NOT NULL, end INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (first, end)
        ) STRICT, WITHOUT ROWID;
        """ + shown

    private static let shown = """
        CREATE TABLE shown (
            view INTEGER NOT NULL, part INTEGER NOT NULL, suffix TEXT, definition TEXT NOT NULL, name TEXT,
            PRIMARY KEY (view, part)
        ) STRICT, WITHOUT ROWID;
        """

    /// Creates an empty store for `log` in a new file.
    static func create(_ db: Database, log: StoreID, projector: String) throws {
        try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        try db.execute(sql: tables)
        try db.execute(
            sql: "INSERT INTO store VALUES (1, ?, ?, ?, ?)",
            arguments: [version, Int64(bitPattern: log.high), Int64(bitPattern: log.low), projector])
        try db.execute(
            sql: "INSERT INTO checkpoint VALUES (1, 0, 0, 0, NULL, ?)",
            arguments: [hash(Checkpoint(store: log, offset: Offset(0)))])
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }

    /// Upgrades a store of schema 2 to 3: adds the hash of the checkpoint and the table `shown`.
    static func upgrade(_ db: Database, at path: String) throws {
        guard try Int64.fetchOne(db, sql: "SELECT schema FROM store") != Int64(version) else { return }
        let checkpoint = try StoreReader(db: db, path: path).checkpoint()
        try db.execute(sql: "ALTER TABLE checkpoint ADD COLUMN hash INTEGER")
        try db.execute(sql: "UPDATE checkpoint SET hash = ?", arguments: [hash(checkpoint)])
        try db.execute(sql: shown)
        try db.execute(sql: "UPDATE store SET schema = ?", arguments: [version])
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }

    /// The hash stored beside a checkpoint: one flipped bit in an offset would lose events or count them twice.
    static func hash(_ checkpoint: Checkpoint) -> Int64 {
        let parts = [
            checkpoint.store.high, checkpoint.store.low, UInt64(checkpoint.epoch), checkpoint.offset.value,
            checkpoint.segment.value, UInt64(bitPattern: checkpoint.stamp?.nanoseconds ?? .min),
        ]
        let hash = parts.map(\.littleEndian).withUnsafeBytes { XXH3.hash64($0) }
        return Int64(bitPattern: hash)
    }

    /// Whether the file is a view store. Throws if it was written by a newer program.
    static func isStore(_ db: Database, at path: String) throws -> Bool {
        guard try Int.fetchOne(db, sql: "PRAGMA application_id") == applicationID, try db.tableExists("store") else {
            return false
        }
        guard let found = try Int64.fetchOne(db, sql: "SELECT schema FROM store") else { return false }
        // A newer program writes its version in two places, so a single changed byte is damage.
        guard try found <= version || Int64.fetchOne(db, sql: "PRAGMA user_version") != found else {
            throw ViewError(
                .newerFormat,
                "\(path): schema \(found), this program knows \(version); use the program that wrote it, or delete it")
        }
        guard (Int64(oldest)...Int64(version)).contains(found) else {
            throw ViewError(.damaged, "\(path): schema \(found) is no longer supported")
        }
        return true
    }

    /// The settings of every connection to a store.
    static func configuration(readonly: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = readonly
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
            try db.execute(sql: "PRAGMA cell_size_check = ON")
            guard !readonly else { return }
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
            // 40 MB. The cost of a checkpoint is its syncs, however many versions of a page it skips, so checkpoints should be
            // rare. Most of the write-ahead log that it would sync has already been synced by `StoreFile` on another thread.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 10000")
            try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
        }
        return configuration
    }
}
