// Copies a log for backup and restore: sealed segments byte by byte, the unsealed tail by `TailCopy`, then the manifest, and
// the watermark last, so that an interrupted copy still reads as the previous copy.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

struct Copying {
    let disk: any Disk
    let source: StorePaths
    let target: StorePaths

    init(_ disk: any Disk, _ source: StorePaths, _ target: StorePaths) {
        self.disk = disk
        self.source = source
        self.target = target
    }

    func run(upTo limit: Offset?, mayExist: Bool) throws -> BackupReport {
        let reader = try LogReader.open(at: source.root, disk: disk)
        let durable = try reader.durable()
        if let limit, limit > durable {
            throw LogError(.refused, "\(source.root) ends at offset \(durable), before \(limit)")
        }
        let layout = try LogLayout(disk, source)
        if let limit, limit < layout.manifest.retained {
            throw LogError(.truncated, "\(source.root) begins at offset \(layout.manifest.retained), after \(limit)")
        }
        let end = try limit.map { try AppendBorder(disk, source, layout).below($0) } ?? durable
        let known = try existing(layout.manifest.store, mayExist)
        for directory in [target.root, target.log] { try disk.makeDirectory(directory) }
        let lock = DiskFile(try disk.lock(target.lock, note: processNote()), on: disk)
        defer { _ = lock }
        var report = BackupReport()
        report.end = end
        var manifest = layout.manifest
        manifest.generation = max(manifest.generation, known?.generation ?? 0) + 1
        manifest.segments = []
        for record in manifest.kept { try copyKept(record, known, &report) }
        manifest.damaged = manifest.damaged.compactMap { $0.clipped(below: end) }
        for record in layout.manifest.segments where record.end <= end {
            manifest.segments.append(try copy(record, known, layout.manifest.store, &report))
        }
        var tail = TailCopy(self, layout, next: manifest.sealedEnd, end: end, chain: manifest.chainOut)
        try tail.run()
        report.bytes += tail.bytes
        try copyBases(manifest, known, &report)
        if manifest.retention == nil { try copyRetention() }
        try ManifestFiles.store(manifest, disk, target)
        try publish(Watermark(epoch: manifest.epoch, segment: tail.begun.last ?? end, durable: end), manifest.store)
        try removeExpired(manifest, tail.begun)
        return report
    }

    /// The manifest of an earlier backup in the target, if there is one.
    private func existing(_ store: StoreID, _ mayExist: Bool) throws -> Manifest? {
        guard try disk.kind(target.root) != nil else { return nil }
        guard mayExist else {
            throw LogError(.refused, "\(target.root) exists already; a log is restored to a new directory")
        }
        guard try disk.kind(target.log) != nil, case .valid(let manifest) = try ManifestFiles.load(disk, target)
        else { return nil }
        guard manifest.store == store else { throw LogError(.refused, "\(target.root) holds another log or its backup") }
        return manifest
    }

    /// Copies a sealed segment unless the target has one with the same events.
    private func copy(
        _ record: SegmentRecord, _ known: Manifest?, _ store: StoreID, _ report: inout BackupReport
    ) throws -> SegmentRecord {
        let path = target.segment(record.first)
        if let old = known?.segments.first(where: { $0.first == record.first && $0.end == record.end }),
            old.contentHash == record.contentHash, try disk.kind(path) == .file, try disk.openFile(path).size() == old.bytes
        {
            report.kept += 1
            return old
        }
        let bytes = try disk.openFile(source.segment(record.first)).readAll(limit: LogLimits.segmentBytes)
        var record = record
        let hash = bytes.withUnsafeBytes { SHA256Digest(of: $0) }
        if hash != record.fileHash {
            // Either rewritten since the manifest was read, or damaged.
            guard let next = bytes.withUnsafeBytes({ RewriteCheck.successor(of: record, $0, store) }) else {
                throw LogError(.damaged, "\(source.segment(record.first)) is not what its manifest says")
            }
            record = next
        }
        try disk.replace(path, with: bytes)
        report.copied += 1
        report.bytes += UInt64(bytes.count)
        return record
    }

    /// Copies a kept segment after verifying it. A kept file never changes under its name.
    private func copyKept(_ record: SegmentRecord, _ known: Manifest?, _ report: inout BackupReport) throws {
        let path = target.kept(record)
        if known?.kept.contains(record) ?? false, try disk.kind(path) == .file, try disk.openFile(path).size() == record.bytes {
            return
        }
        let from = source.kept(record)
        let bytes = try disk.openFile(from).readAll(limit: LogLimits.segmentBytes)
        guard bytes.withUnsafeBytes({ SHA256Digest(of: $0) }) == record.fileHash else {
            throw LogError(.damaged, "\(from) is not what its manifest says")
        }
        try disk.makeDirectory(target.kept)
        try disk.replace(path, with: bytes)
        report.bytes += UInt64(bytes.count)
    }

    /// Copies the bases at R after verifying them. They do not change as long as R does not.
    private func copyBases(_ manifest: Manifest, _ known: Manifest?, _ report: inout BackupReport) throws {
        guard let base = manifest.base else { return }
        let path = target.base(manifest.retained)
        if known?.base == base, known?.retained == manifest.retained, try disk.kind(path) == .file { return }
        let from = source.base(manifest.retained)
        let bytes = try disk.openFile(from).readAll(limit: LogLimits.baseBytes)
        guard bytes.withUnsafeBytes({ SHA256Digest(of: $0) }) == base else {
            throw LogError(.damaged, "\(from) is not what its manifest says")
        }
        try disk.makeDirectory(target.bases)
        try disk.replace(path, with: bytes)
        report.bytes += UInt64(bytes.count)
    }

    /// Copies the retention file of a log that has one.
    private func copyRetention() throws {
        guard try disk.kind(source.retention) == .file else { return }
        try disk.replace(target.retention, with: disk.openFile(source.retention).readAll(limit: LogLimits.retentionBytes))
    }

    private func publish(_ watermark: Watermark, _ store: StoreID) throws {
        try disk.replace(target.durable, with: watermark.encoded(store))
    }

    /// Removes segments of an earlier backup that retention has since removed from the log.
    private func removeExpired(_ manifest: Manifest, _ tail: [Offset]) throws {
        let kept = Set(manifest.segments.map(\.first) + tail)
        for name in try disk.list(target.log).sorted() {
            guard let first = StorePaths.segmentStart(name), !kept.contains(first),
                let claim = SegmentClaim.of(first, manifest.store, disk, target), claim != .foreign
            else { continue }
            try disk.remove(target.log + "/" + name)
        }
        try Bases(disk, target).removeOthers(manifest)
        try KeptFiles(disk, target).removeOthers(manifest)
    }
}
