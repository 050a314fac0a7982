// Finds which log the files belong to when no manifest says so, and rebuilds a manifest when no segment is left.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

enum RebuiltStore {
    /// The log that the segments `names` belong to; nil when none of them proves anything. If they belong to more than one log,
    /// the watermark decides: its checksum is valid for only one of them.
    static func find(_ names: [Offset], _ disk: any Disk, _ paths: StorePaths) throws -> StoreID? {
        var stores: [StoreID] = []
        for first in names {
            guard SegmentClaim.of(first, nil, disk, paths) != .foreign, let store = try store(of: first, disk, paths),
                !stores.contains(store)
            else { continue }
            stores.append(store)
        }
        guard stores.count > 1 else { return stores.first }
        if try disk.kind(paths.durable) == .file {
            for store in stores where try Watermark.read(disk.openFile(paths.durable), store) != nil { return store }
        }
        throw LogError(
            .damaged,
            "\(paths.log) has segments of \(stores.count) logs, and no readable manifest or watermark says which log this is: "
                + "move those of the others away, or restore a backup")
    }

    private static func store(of first: Offset, _ disk: any Disk, _ paths: StorePaths) throws -> StoreID? {
        let path = paths.segment(first)
        let file = try disk.openFile(path)
        switch SegmentClaim.header(try file.read(SegmentHeader.size, at: 0)) {
        case .success(let header)?: return header.store
        case .failure(let error)? where error.code == .newerVersion:
            throw LogError(.newerFormat, "\(path): \(error.message)")
        default:
            let bytes = try file.readAll(limit: LogLimits.segmentBytes)
            return bytes.withUnsafeBytes { FrameSearch.stores(in: $0) }.first { $0.segment == first }?.store
        }
    }

    /// A manifest for a log without any segment. It begins where the bases or the kept events end, so that their offsets are
    /// not assigned again. Nil when there is no sign of a log.
    static func without(_ disk: any Disk, _ paths: StorePaths) throws -> Manifest? {
        var manifest = try fromBase(disk, paths)
        if manifest == nil, let (store, end) = try fromKept(disk, paths) {
            manifest = Manifest(store: store)
            manifest?.retained = end
        }
        guard var manifest else {
            try refuseIfUsed(disk, paths)
            return nil
        }
        manifest.isRebuilt = true
        manifest.kept = try KeptFiles(disk, paths).found(manifest.store, below: manifest.retained)
        if try disk.kind(paths.durable) == .file,
            let watermark = try Watermark.read(disk.openFile(paths.durable), manifest.store)
        {
            manifest.epoch = watermark.epoch
        }
        return manifest
    }

    /// A manifest from the valid bases with the highest R.
    private static func fromBase(_ disk: any Disk, _ paths: StorePaths) throws -> Manifest? {
        guard try disk.kind(paths.bases) == .directory else { return nil }
        for border in try disk.list(paths.bases).compactMap(StorePaths.baseBorder).sorted(by: >) {
            guard try disk.kind(paths.base(border)) == .file else { continue }
            let bytes = try disk.openFile(paths.base(border)).readAll(limit: LogLimits.baseBytes)
            guard let store = bytes.withUnsafeBytes({ try? BaseFile.store($0) }),
                (try? BaseFile.decode(bytes, store, at: border)) != nil
            else { continue }
            var manifest = Manifest(store: store)
            manifest.retained = border
            manifest.base = bytes.withUnsafeBytes { SHA256Digest(of: $0) }
            return manifest
        }
        return nil
    }

    /// The log of the kept segments, and the end of the last one.
    private static func fromKept(_ disk: any Disk, _ paths: StorePaths) throws -> (StoreID, Offset)? {
        guard try disk.kind(paths.kept) == .directory else { return nil }
        for name in try disk.list(paths.kept).sorted().reversed() {
            let path = paths.kept + "/" + name
            guard try disk.kind(path) == .file,
                case .success(let header)? = SegmentClaim.header(try disk.openFile(path).read(SegmentHeader.size, at: 0)),
                let end = try KeptFiles(disk, paths).found(header.store, below: Offset(.max)).last?.end
            else { continue }
            return (header.store, end)
        }
        return nil
    }

    /// Throws if the watermark shows that there were events: a new log must not reuse their offsets.
    private static func refuseIfUsed(_ disk: any Disk, _ paths: StorePaths) throws {
        guard try disk.kind(paths.durable) == .file else { return }
        let bytes = try disk.openFile(paths.durable).read(Watermark.size, at: 0)
        guard bytes.withUnsafeBytes({ Watermark.mayClaimEvents($0) }) else { return }
        throw LogError(
            .damaged,
            "\(paths.durable) shows that there were events, but neither a manifest nor a segment is left in \(paths.log): "
                + "restore a backup; to begin a new log, use another directory")
    }
}
