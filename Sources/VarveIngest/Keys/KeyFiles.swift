internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveLog

/// The key files of one directory, `keys/<number>.keys`, oldest first. A new file is begun when the newest is full or a day
/// old; the oldest is removed when all of its entries have expired. Used by one thread.
struct KeyFiles {
    private let directory: String
    private let data: String
    private let disk: any Disk
    private var files: [(number: Int, file: KeyFile)] = []
    private var store: StoreID?
    /// Whether the newest file has writes that are not synced.
    private var isUnsynced = false
    private static let daySeconds: UInt64 = 86_400
    private static let suffix = ".keys"

    init(data: String, disk: any Disk) {
        self.data = data
        self.disk = disk
        directory = IngestPaths.keys(data)
    }

    /// Opens the existing files. Begun appends that are in the log are recorded as known; `latest` returns the latest append of
    /// a producer in the log.
    mutating func open(_ latest: (UInt64) -> KnownAppends?) throws {
        guard store == nil else { return }
        let reader = try LogReader.open(at: data)
        defer { store = reader.store }
        guard try disk.kind(directory) == .directory else { return }
        files = []
        for name in try disk.list(directory) where name.hasSuffix(Self.suffix) {
            guard let number = Int(name.dropLast(Self.suffix.count)), number > 0 else { continue }
            guard let file = try KeyFile.open("\(directory)/\(name)", store: reader.store, on: disk) else { continue }
            files.append((number, file))
        }
        files.sort { $0.number < $1.number }
        let durable = try reader.durable().value
        for index in files.indices.reversed() { if try settle(index, durable, latest) == 0 { break } }
    }

    /// Counts the entries of a file, and settles appends that were begun when the process ended. Entries of events that are not
    /// in the log, after a power cut at level `interval` or from another history of the log, are cleared. Returns the number of
    /// cleared entries: if it is not 0, the previous file may have some too.
    private mutating func settle(
        _ index: Int, _ durable: UInt64, _ latest: (UInt64) -> KnownAppends?
    ) throws -> Int {
        var file = files[index].file
        var open: [KeyEntry] = []
        var foreign: [KeyEntry] = []
        var count = 0
        try file.scan { entry in
            count += 1
            if entry.end > durable {
                foreign.append(KeyEntry(entry.id))
            } else if entry.finished == nil, entry.begun != entry.known {
                open.append(entry)
            }
        }
        file.count = count
        for var entry in open {
            guard let found = latest(entry.id.producer), found.number.sequence == entry.begun.sequence else { continue }
            entry.known = entry.begun
            entry.end = found.end
            _ = try file.put(entry)
        }
        for entry in foreign { _ = try file.put(entry) }
        files[index].file = file
        return foreign.count
    }

    /// The stored entry of a key.
    func find(_ id: KeyID) throws -> KeyEntry? {
        for (_, file) in files.reversed() {
            if let entry = try file.find(id) { return entry }
        }
        return nil
    }

    mutating func put(_ entry: KeyEntry) throws {
        if let newest = files.last, newest.file.isFull || Self.age(newest.file, entry.second) >= Self.daySeconds {
            try begin(after: newest, UInt64(entry.second))
        } else if files.isEmpty {
            try disk.makeDirectory(directory)
            try begin(after: nil, UInt64(entry.second))
        }
        isUnsynced = true
        if try files[files.count - 1].file.put(entry) { return }
        try begin(after: files.last, UInt64(entry.second))
        _ = try files[files.count - 1].file.put(entry)
    }

    private mutating func begin(after newest: (number: Int, file: KeyFile)?, _ now: UInt64) throws {
        if isUnsynced { try sync() }
        let number = (newest?.number ?? 0) + 1
        var bits = KeyFile.bits.lowerBound
        // As large as the previous file, or larger if that was full.
        if let file = newest?.file { bits = file.isFull ? min(file.bits + 1, KeyFile.bits.upperBound) : file.bits }
        guard let store else { return }
        let path = "\(directory)/\(number.zeroPadded(8))\(Self.suffix)"
        if try disk.kind(path) != nil { try disk.remove(path) }
        files.append((number, try KeyFile.create(path, bits: bits, store: store, now: now, on: disk)))
    }

    mutating func sync() throws {
        guard isUnsynced, let newest = files.last else { return }
        do {
            try newest.file.file.syncData()
            isUnsynced = false
        } catch {
            // After a failed sync the file is not trusted: the next entry begins another one.
            isUnsynced = false
            files[files.count - 1].file.count = newest.file.places
            throw error
        }
    }

    /// Removes files without writes since `second`.
    mutating func expire(before second: UInt64) throws -> Int {
        var removed = 0
        while files.count > 1, files[1].file.created < second {
            try disk.remove(files[0].file.file.path)
            files.removeFirst()
            removed += 1
        }
        return removed
    }

    private static func age(_ file: KeyFile, _ second: UInt32) -> UInt64 {
        UInt64(second) - min(UInt64(second), file.created)
    }
}
