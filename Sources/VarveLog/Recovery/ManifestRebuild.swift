// The manifest from what is in `log/`, when both copies are lost. Footers of sealed segments carry all that it knows, but for the
// file hashes, which are computed anew; where a footer is not readable the frames are. No file is changed here, and nothing that
// is missing is taken for removed: a manifest that was made here forbids every removal until a person confirms it.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

enum ManifestRebuild {
    /// A manifest of everything that proves to be of this log; nil when nothing says that there was one.
    ///
    /// - Throws: `.damaged` when there was a log and too little of it is left to go on with, or parts of more than one.
    static func run(_ disk: any Disk, _ paths: StorePaths) throws -> Manifest? {
        guard try disk.kind(paths.log) != nil else { return nil }
        let names = try disk.list(paths.log).compactMap(StorePaths.segmentStart).sorted()
        guard let store = try RebuiltStore.find(names, disk, paths) else { return try RebuiltStore.without(disk, paths) }
        let starts = LogLayout.proven(names, from: Offset(0), store, disk, paths)
        var manifest = Manifest(store: store)
        manifest.isRebuilt = true
        // Segments are sealed in order: what stands before one with a footer had one.
        let lastSealed = starts.lastIndex { (try? FrameBuffer().footer(disk.openFile(paths.segment($0))))?.first == $0 } ?? 0
        for (index, first) in starts.enumerated() {
            let successor = index + 1 < starts.count ? starts[index + 1] : nil
            let file = try RebuiltSegment(first, store, successor, wasSealed: index < lastSealed, disk, paths)
            if index == 0 { (manifest.retained, manifest.retainedChain) = (first, file.chainIn ?? 0) }
            // Epochs are never used twice, and a frame may be of a later one than its segment.
            manifest.epoch = max(manifest.epoch, file.epoch)
            guard first >= manifest.sealedEnd, let record = file.record else { continue }
            if first > manifest.sealedEnd { manifest.damaged.append(.nothing(manifest.sealedEnd.value..<first.value)) }
            manifest.add(record, file.faults)
        }
        try findBase(&manifest, disk, paths)
        manifest.kept = try KeptFiles(disk, paths).found(manifest.store, below: manifest.retained)
        if try disk.kind(paths.durable) == .file,
            let watermark = try Watermark.read(disk.openFile(paths.durable), manifest.store)
        {
            manifest.epoch = max(manifest.epoch, watermark.epoch)
        }
        return manifest
    }

    /// The bases of R. An interrupted retention may have left files below the R it had decided on: then the sound bases at a
    /// later border say where that is, since they were durable before the first file went.
    private static func findBase(_ manifest: inout Manifest, _ disk: any Disk, _ paths: StorePaths) throws {
        guard try disk.kind(paths.bases) == .directory else { return }
        let borders = [(manifest.retained, manifest.retainedChain)] + manifest.segments.map { ($0.end, $0.chainOut) }
        for (border, chain) in borders {
            let path = paths.base(border)
            guard try disk.kind(path) == .file else {
                // From offset 0 on everything is there, and nothing is needed.
                if border == Offset(0) { return }
                continue
            }
            let bytes = try disk.openFile(path).readAll(limit: LogLimits.baseBytes)
            guard (try? BaseFile.decode(bytes, manifest.store, at: border)) != nil else { continue }
            manifest.segments.removeAll { $0.end <= border }
            manifest.damaged.removeAll { $0.offsets.upperBound <= border.value && $0.segment < border }
            manifest.retained = border
            manifest.retainedChain = chain
            manifest.base = bytes.withUnsafeBytes { SHA256Digest(of: $0) }
            return
        }
    }
}

extension DamageRecord {
    /// Offsets that no file has.
    static func nothing(_ offsets: Range<UInt64>) -> DamageRecord {
        DamageRecord(segment: Offset(offsets.lowerBound), bytes: 0..<0, offsets: offsets)
    }
}
