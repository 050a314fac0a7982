// Opening a log for writing: recovers what is on disk to a point from which appends can continue. The steps are:
//
//     lock → manifest (or rebuild) → epoch + 1, durable → a new file for the watermark, which fences an earlier writer
//     (WatermarkFile.swift) → runs of ids → each unsealed segment, by the recovery table → publish the watermark
//
// No sealed segment is opened. Nothing is cut or renamed before a copy of what counts is durable under its final name, so after
// a crash during recovery the next recovery does the same again.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

/// The state from which appends continue.
struct PlanPoint: Sendable {
    /// The offset the next event gets.
    var next: Offset
    /// The segment it goes to; nil when a new one must be started.
    var segment: Offset?
    /// Bytes and rows of that segment, and the append time of its first frame.
    var bytes = 0
    var rows = 0
    var begun: Int64?
    /// The hash of the last frame.
    var chain: UInt64
    /// The append time of the last event so far; later append times are not below it.
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
    var manifestStore: ManifestStore
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

    /// Recovers the log. The writer's lock must be held.
    mutating func run() throws -> Recovered {
        for directory in [paths.log, paths.ids, paths.torn, paths.quarantine] { try disk.makeDirectory(directory) }
        let manifestStore = ManifestStore(try loadManifest(), disk, paths)
        try manifestStore.beginEpoch(above: try readWatermark(manifestStore.manifest.store)?.epoch ?? 0)
        report.epoch = manifestStore.manifest.epoch
        let taken = try WatermarkFile.takeOver(disk, paths, manifestStore)
        let watermark = taken.found?.durable ?? Offset(0)
        report.idsForgottenUpTo = manifestStore.manifest.removedUpTo

        let index = IDIndex(disk, paths, manifestStore, IDMemory(options.idMemoryBytes), errors)
        let loaded = try index.load()
        report.segmentsReadForIDs = loaded.read
        let files = try unsealedSegments(manifestStore.manifest)
        var scan = SegmentRecovery(
            disk: disk, paths: paths,
            sealer: Sealer(disk: disk, paths: paths, manifestStore: manifestStore, ids: index, errors: errors),
            watermark: max(watermark, manifestStore.manifest.sealedEnd),
            point: PlanPoint(
                next: manifestStore.manifest.sealedEnd, segment: nil, chain: manifestStore.manifest.chainOut,
                observed: manifestStore.manifest.observed))
        for (index, first) in files.enumerated() {
            try scan.recover(first, successor: index + 1 < files.count ? files[index + 1] : nil, &report)
        }
        if files.isEmpty { try scan.recover(manifestStore.manifest.sealedEnd, successor: nil, &report) }

        var ids = LiveIDs(index)
        ids.refresh()
        for entry in scan.activeIDs { ids.insert(entry) }
        report.damaged = manifestStore.manifest.damaged.map {
            DamagedRange(file: paths.segment($0.segment), bytes: $0.bytes, offsets: $0.offsets, reason: DamagedRange.knownDamage)
        }
        report.damaged += loaded.unreadable
        let producers = try loadProducers(manifestStore.manifest, active: scan.activeAppends, end: scan.point.next)
        return Recovered(
            point: scan.point, durable: scan.point.next, ids: ids, index: index, producers: producers,
            report: report, manifestStore: manifestStore, watermark: taken.file)
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

    /// The segments that are not in the manifest, in order. Removes temporary files left by a crash and quarantines files that
    /// do not belong to the log. Files below R are left to the next retention.
    private mutating func unsealedSegments(_ manifest: Manifest) throws -> [Offset] {
        // Maintenance may be running and writes other temporary files in the same way; leave those alone.
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

    /// The producer table: from its file, from segments sealed after that was written, and from the active segment.
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
                let consequence = "its numbered appends are unknown, so retries are not detected"
                report.damaged.append(DamagedRange(paths, segment, error, consequence))
            }
        }
        report.segmentsReadForProducers = missing.count
        if !missing.isEmpty, isWhole {
            // Derived: if this fails, the next start reads the same segments again.
            try? disk.replace(paths.producers, with: ProducerFile.encode(table, manifest.store, end: manifest.sealedEnd))
        }
        for frame in active { table.add(frame.entries, from: frame.first) }
        return table
    }
}
