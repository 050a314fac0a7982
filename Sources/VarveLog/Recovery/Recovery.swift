// Opening a log for writing: what is there becomes a point from which appending goes on. The order of steps:
//
//     lock → manifest (or rebuild) → epoch + 1, durable → a new file for the watermark, which shuts out an earlier writer
//     (WatermarkFile.swift) → runs of ids → each segment that is not sealed, by the recovery table → publish the watermark
//
// No sealed segment is opened. Nothing is cut or renamed before a copy of what counts is durable under its final name, so a
// crash during recovery is followed by the same recovery again.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

/// Where appending goes on.
struct PlanPoint: Sendable {
    /// The offset the next event gets.
    var next: Offset
    /// The segment it goes to; nil when one must be begun.
    var segment: Offset?
    /// Bytes and rows in that segment, and the append time of its first frame.
    var bytes = 0
    var rows = 0
    var begun: Int64?
    /// The hash of the last frame.
    var chain: UInt64
    /// The largest append time so far.
    var observed: Int64
}

/// The result of a recovery.
struct Recovered {
    var point: PlanPoint
    var durable: Offset
    var ids: LiveIDs
    var index: IDIndex
    var producers: ProducerTable
    var report: RecoveryReport
    var keeper: ManifestKeeper
    var watermark: WatermarkFile
}

struct Recovery {
    let disk: any Disk
    let paths: StorePaths
    let options: LogOptions
    let errors: BackgroundErrors
    private var report = RecoveryReport()

    init(_ disk: any Disk, _ paths: StorePaths, _ options: LogOptions, _ errors: BackgroundErrors) {
        self.disk = disk
        self.paths = paths
        self.options = options
        self.errors = errors
    }

    /// The lock is held.
    mutating func run() throws -> Recovered {
        for directory in [paths.log, paths.ids, paths.torn, paths.quarantine] { try disk.makeDirectory(directory) }
        let keeper = ManifestKeeper(try loadManifest(), disk, paths)
        try keeper.beginEpoch(above: try readWatermark(keeper.manifest.store)?.epoch ?? 0)
        report.epoch = keeper.manifest.epoch
        let taken = try WatermarkFile.take(disk, paths, keeper)
        let watermark = taken.found?.durable ?? Offset(0)
        report.idsForgottenUpTo = keeper.manifest.removedUpTo

        let index = IDIndex(disk, paths, keeper, IDMemory(options.idMemoryBytes), errors)
        let loaded = try index.load()
        report.segmentsReadForIDs = loaded.read
        let files = try unsealedSegments(keeper.manifest)
        var scan = SegmentRecovery(
            disk: disk, paths: paths, sealer: Sealer(disk: disk, paths: paths, keeper: keeper, ids: index, errors: errors),
            watermark: max(watermark, keeper.manifest.sealedEnd),
            point: PlanPoint(
                next: keeper.manifest.sealedEnd, segment: nil, chain: keeper.manifest.chainOut,
                observed: keeper.manifest.observed))
        for (index, first) in files.enumerated() {
            try scan.recover(first, successor: index + 1 < files.count ? files[index + 1] : nil, &report)
        }
        if files.isEmpty { try scan.recover(keeper.manifest.sealedEnd, successor: nil, &report) }

        var ids = LiveIDs(index)
        ids.refresh()
        for entry in scan.activeIDs { ids.insert(entry) }
        report.damaged = keeper.manifest.damaged.map {
            DamagedRange(file: paths.segment($0.segment), bytes: $0.bytes, offsets: $0.offsets, reason: DamagedRange.knownDamage)
        }
        report.damaged += loaded.unreadable
        let producers = try loadProducers(keeper.manifest, active: scan.activeAppends, end: scan.point.next)
        return Recovered(
            point: scan.point, durable: scan.point.next, ids: ids, index: index, producers: producers,
            report: report, keeper: keeper, watermark: taken.file)
    }

    private mutating func loadManifest() throws -> Manifest {
        switch try ManifestFiles.load(disk, paths) {
        case .valid(let manifest):
            return manifest
        case .damaged, .absent:
            if let rebuilt = try ManifestRebuild.run(disk, paths) {
                report.manifestRebuilt = true
                return rebuilt
            }
            let store = options.newStore ?? StoreID(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max))
            var manifest = Manifest(store: store)
            manifest.rules = options.rules
            return manifest
        }
    }

    private func readWatermark(_ store: StoreID) throws -> Watermark? {
        guard try disk.kind(paths.durable) == .file else { return nil }
        return try Watermark.read(disk.openFile(paths.durable), store)
    }

    /// The segments that the manifest does not have, in order. What is left over from a crash goes; what does not belong here
    /// is quarantined. Files below R are what a retention had no time to remove; the next one does.
    private mutating func unsealedSegments(_ manifest: Manifest) throws -> [Offset] {
        // Maintenance, which may be at work, writes others in the same way: those are its own.
        for name in try disk.list(paths.log).sorted() {
            guard let whole = StorePaths.beingWritten(name), try disk.kind(paths.log + "/" + name) == .file else { continue }
            if StorePaths.segmentStart(whole) != nil || whole == StorePaths.name(of: paths.durable) {
                try disk.remove(paths.log + "/" + name)
            }
        }
        let found = try UnsealedFiles(disk, paths, manifest).sorted()
        for name in found.strays { report.quarantined.append(try setAside(name, in: paths.quarantine)) }
        return found.segments
    }

    private func setAside(_ name: String, in directory: String) throws -> String {
        let target = directory + "/" + name + ".\(report.epoch)"
        try disk.rename(paths.log + "/" + name, to: target)
        return target
    }

    /// What is known of producers: from the file, from segments sealed since it was written, and from the active one.
    private mutating func loadProducers(
        _ manifest: Manifest, active: [(first: Offset, entries: [AppendEntry])], end: Offset
    ) throws -> ProducerTable {
        var (table, known) = (ProducerTable(), Offset(0))
        if let found = try ProducerFile.read(disk, paths.producers, manifest.store), found.end <= end {
            (table, known) = found
        }
        let missing = manifest.segments.filter { $0.end > known }
        var isWhole = true
        for segment in missing where try disk.kind(paths.segment(segment.first)) == .file {
            let appends = SegmentAppends(disk, paths.segment(segment.first), manifest.store, segment)
            do {
                for frame in try appends.read() { table.add(frame.entries, from: frame.first) }
            } catch let error as DiskError where error.code == .inputOutput {
                isWhole = false
                let consequence = "numbered appends there are not known, and may come again"
                report.damaged.append(DamagedRange(paths, segment, error, consequence))
            }
        }
        report.segmentsReadForProducers = missing.count
        if !missing.isEmpty, isWhole {
            // Derived: without it the next start reads the same segments again.
            try? disk.replace(paths.producers, with: ProducerFile.encode(table, manifest.store, end: manifest.sealedEnd))
        }
        for frame in active { table.add(frame.entries, from: frame.first) }
        return table
    }
}
