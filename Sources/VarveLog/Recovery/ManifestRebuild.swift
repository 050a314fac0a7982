// Rebuilds the manifest from the files in `log/` when both copies are lost. The footers of sealed segments contain everything
// it records except the file hashes, which are computed again; where a footer is not readable, the frames are used. No file is
// changed, and a missing file is not taken for a removed one: a rebuilt manifest forbids removals until a person confirms it.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

enum ManifestRebuild {
    /// A manifest of everything that provably belongs to this log; nil when there is no sign of a log.
    ///
    /// - Throws: `.damaged` when there was a log and too little of it is left, or when there are parts of more than one log.
    static func run(_ disk: any Disk, _ paths: StorePaths) throws -> Manifest? {
        guard try disk.kind(paths.log) != nil else { return nil }
        let names = try disk.list(paths.log).compactMap(StorePaths.segmentStart).sorted()
        guard let store = try RebuiltStore.find(names, disk, paths) else { return try RebuiltStore.without(disk, paths) }
        let starts = LogLayout.proven(names, from: Offset(0), store, disk, paths)
        var manifest = Manifest(store: store)
        manifest.isRebuilt = true
        // Segments are sealed in order, so every segment before one with a footer was sealed.
        let lastSealed = starts.lastIndex { (try? FrameBuffer().footer(disk.openFile(paths.segment($0))))?.first == $0 } ?? 0
        for (index, first) in starts.enumerated() {
            let successor = index + 1 < starts.count ? starts[index + 1] : nil
            let file = try RebuiltSegment(first, store, successor, wasSealed: index < lastSealed, disk, paths)
            if index == 0 { (manifest.retained, manifest.retainedChain) = (first, file.chainIn ?? 0) }
            // Epochs are never reused, and a frame may have a later epoch than its segment.
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

    /// Finds the bases of R. An interrupted retention may have left segments below the R that it had chosen. Valid bases at a
    /// later border then identify that R, because they were durable before the first file was removed.
    private static func findBase(_ manifest: inout Manifest, _ disk: any Disk, _ paths: StorePaths) throws {
        guard try disk.kind(paths.bases) == .directory else { return }
        let borders = [(manifest.retained, manifest.retainedChain)] + manifest.segments.map { ($0.end, $0.chainOut) }
        for (border, chain) in borders {
            let path = paths.base(border)
            guard try disk.kind(path) == .file else {
                // From offset 0 on nothing was removed, so no base is needed.
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
    /// A record for offsets that no file has.
    static func nothing(_ offsets: Range<UInt64>) -> DamageRecord {
        DamageRecord(segment: Offset(offsets.lowerBound), bytes: 0..<0, offsets: offsets)
    }
}
