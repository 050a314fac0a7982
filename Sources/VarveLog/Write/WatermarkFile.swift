// The file of the watermark, and the fence: who replaces it has taken the log over.
//
//     later writer     epoch + 1 in the manifest ──▶ a new file `log/durable` with its epoch ──▶ reads the segments, and gives
//                      the one it appends to a new file too
//     earlier writer   looks at `log/durable` by its name ──▶ writes, syncs, publishes into its own file ──▶ looks again ──▶
//                      answers
//
// So what an earlier writer writes after it was replaced goes to files that have no name any more. And what it answered it had
// looked after: the later one came afterwards, and has read it (docs/decisions/0030-fenced-by-file.md).

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

struct WatermarkFile {
    private let disk: any Disk
    private let paths: StorePaths
    private let keeper: ManifestKeeper
    private let store: StoreID
    private let epoch: UInt32
    private var file: DiskFile

    /// Takes the log over from whoever wrote it before: a new file, durable, that says what the old one said. Returns what that
    /// is, read once more when nobody reads the old one any more; nil when there was none or it says nothing.
    static func take(
        _ disk: any Disk, _ paths: StorePaths, _ keeper: ManifestKeeper
    ) throws -> (file: WatermarkFile, found: Watermark?) {
        let manifest = keeper.manifest
        let old = try disk.kind(paths.durable) == .file ? disk.openFile(paths.durable) : nil
        let before = try old.flatMap { try Watermark.read($0, manifest.store) }
        let mark = Watermark(
            epoch: manifest.epoch, segment: before?.segment ?? manifest.sealedEnd, durable: before?.durable ?? manifest.sealedEnd)
        let file = try replace(disk, paths, keeper, mark, manifest.store)
        let after = try old.flatMap { try Watermark.read($0, manifest.store) }
        let found = [before, after].compactMap { $0 }.max { $0.durable < $1.durable }
        return (WatermarkFile(disk, paths, keeper, manifest.store, manifest.epoch, file), found)
    }

    private init(
        _ disk: any Disk, _ paths: StorePaths, _ keeper: ManifestKeeper, _ store: StoreID, _ epoch: UInt32, _ file: DiskFile
    ) {
        self.disk = disk
        self.paths = paths
        self.keeper = keeper
        self.store = store
        self.epoch = epoch
        self.file = file
    }

    private static func replace(
        _ disk: any Disk, _ paths: StorePaths, _ keeper: ManifestKeeper, _ mark: Watermark, _ store: StoreID
    ) throws -> DiskFile {
        try keeper.exclusively {
            try disk.replace(paths.durable, with: mark.encoded(store))
            return try disk.openFile(paths.durable, .readWrite)
        }
    }

    /// The watermark that stands under its name now; nil when none does.
    private func standing() throws -> Watermark? {
        do {
            return try Watermark.read(disk.openFile(paths.durable), store)
        } catch let error as DiskError where error.code == .notFound || error.code == .wrongKind {
            return nil
        }
    }

    /// Whether this writer is still the latest.
    ///
    /// - Throws: `.fenced` when it is not.
    func check() throws {
        if let found = try standing(), found.epoch > epoch { throw fenced(by: found) }
    }

    private func fenced(by found: Watermark) -> LogError {
        LogError(.fenced, "\(paths.durable) was written in epoch \(found.epoch), this writer opened the log in epoch \(epoch)")
    }

    /// Writes the watermark and sees that it stands under its name. One that somebody deleted or damaged is made anew.
    mutating func publish(_ mark: Watermark) throws {
        try check()
        try file.write(mark.encoded(store), at: 0)
        let found = try standing()
        if found == mark { return }
        if let found, found.epoch > epoch { throw fenced(by: found) }
        file = try Self.replace(disk, paths, keeper, mark, store)
    }

    func sync() throws { try file.syncData() }
}
