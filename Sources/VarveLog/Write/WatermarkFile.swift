// The file of the watermark, which is also the fence: a writer that replaces it has taken the log over.
//
//     later writer     epoch + 1 in the manifest ──▶ a new file `log/durable` with its epoch ──▶ reads the segments, and copies
//                      the one it appends to into a new file
//     earlier writer   checks `log/durable` by name ──▶ writes, syncs, publishes into its own file ──▶ checks again ──▶
//                      acknowledges
//
// So what an earlier writer writes after it was replaced goes to files that no longer have a name. And what it acknowledged was
// checked afterwards, so the later writer came after that and has read it (docs/decisions/0030-fenced-by-file.md).

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

struct WatermarkFile {
    private let disk: any Disk
    private let paths: StorePaths
    private let manifestStore: ManifestStore
    private let store: StoreID
    private let epoch: UInt32
    private var file: DiskFile

    /// Takes the log over from the previous writer: creates a new durable file with the old value. Returns the old value, read
    /// again once nobody reads the old file any more; nil when there was no valid one.
    static func takeOver(
        _ disk: any Disk, _ paths: StorePaths, _ manifestStore: ManifestStore
    ) throws -> (file: WatermarkFile, found: Watermark?) {
        let manifest = manifestStore.manifest
        let old = try disk.kind(paths.durable) == .file ? disk.openFile(paths.durable) : nil
        let before = try old.flatMap { try Watermark.read($0, manifest.store) }
        let mark = Watermark(
            epoch: manifest.epoch, segment: before?.segment ?? manifest.sealedEnd, durable: before?.durable ?? manifest.sealedEnd)
        let file = try replace(disk, paths, manifestStore, mark, manifest.store)
        let after = try old.flatMap { try Watermark.read($0, manifest.store) }
        let found = [before, after].compactMap { $0 }.max { $0.durable < $1.durable }
        return (WatermarkFile(disk, paths, manifestStore, manifest.store, manifest.epoch, file), found)
    }

    private init(
        _ disk: any Disk, _ paths: StorePaths, _ manifestStore: ManifestStore, _ store: StoreID, _ epoch: UInt32, _ file: DiskFile
    ) {
        self.disk = disk
        self.paths = paths
        self.manifestStore = manifestStore
        self.store = store
        self.epoch = epoch
        self.file = file
    }

    private static func replace(
        _ disk: any Disk, _ paths: StorePaths, _ manifestStore: ManifestStore, _ mark: Watermark, _ store: StoreID
    ) throws -> DiskFile {
        try manifestStore.exclusively {
            try disk.replace(paths.durable, with: mark.encoded(store))
            return try disk.openFile(paths.durable, .readWrite)
        }
    }

    /// The watermark in the file currently named `log/durable`; nil when there is no valid one.
    private func current() throws -> Watermark? {
        do {
            return try Watermark.read(disk.openFile(paths.durable), store)
        } catch let error as DiskError where error.code == .notFound || error.code == .wrongKind {
            return nil
        }
    }

    /// Checks that this writer is still the latest.
    ///
    /// - Throws: `.fenced` when it is not.
    func check() throws {
        if let found = try current(), found.epoch > epoch { throw fenced(by: found) }
    }

    private func fenced(by found: Watermark) -> LogError {
        LogError(.fenced, "\(paths.durable) was written in epoch \(found.epoch), this writer opened the log in epoch \(epoch)")
    }

    /// Writes the watermark and verifies it under its name. If the file was deleted or damaged, it is created again.
    mutating func publish(_ mark: Watermark) throws {
        try check()
        try file.write(mark.encoded(store), at: 0)
        let found = try current()
        if found == mark { return }
        if let found, found.epoch > epoch { throw fenced(by: found) }
        file = try Self.replace(disk, paths, manifestStore, mark, store)
    }

    func sync() throws { try file.syncData() }
}
