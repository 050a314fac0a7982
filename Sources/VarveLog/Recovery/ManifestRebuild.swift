// The manifest from the segments, when both copies are lost: sealed segments carry in their footers all that it knows, but for
// the file hashes, which are computed anew. No file is changed here.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

enum ManifestRebuild {
    /// A manifest of all sealed segments that fit together, or nil when there is no segment at all.
    static func run(_ disk: any Disk, _ paths: StorePaths) throws -> Manifest? {
        guard try disk.kind(paths.log) != nil else { return nil }
        let starts = try disk.list(paths.log).compactMap(StorePaths.segmentStart).sorted()
        var found: Manifest?
        for first in starts {
            let bytes = try disk.openFile(paths.segment(first)).readAll(limit: LogLimits.segmentBytes)
            let header: SegmentHeader
            do {
                header = try bytes.withUnsafeBytes { try SegmentHeader(parsing: $0) }
            } catch let error as FormatError {
                if error.code == .newerVersion { throw LogError(.newerFormat, "\(paths.segment(first)): \(error.message)") }
                continue
            }
            var manifest = found ?? Manifest(store: header.store)
            if found == nil { manifest.retained = first }
            guard manifest.store == header.store, header.first == first else { continue }
            // Epochs are never used twice, and a frame may be of a later one than its segment.
            manifest.epoch = max(manifest.epoch, highestEpoch(bytes, header))
            if first >= manifest.sealedEnd, let footer = footer(bytes), footer.first == first {
                let hash = bytes.withUnsafeBytes { SHA256Digest(of: $0) }
                manifest.add(footer.record(bytes: bytes.count, fileHash: hash), [])
            }
            found = manifest
        }
        guard var manifest = found else { return nil }
        manifest.isRebuilt = true
        try findBase(&manifest, disk, paths)
        manifest.kept = try KeptFiles(disk, paths).found(manifest.store, below: manifest.retained)
        if try disk.kind(paths.durable) != nil,
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
            manifest.retained = border
            manifest.retainedChain = chain
            manifest.base = bytes.withUnsafeBytes { SHA256Digest(of: $0) }
            return
        }
    }

    private static func highestEpoch(_ bytes: [UInt8], _ header: SegmentHeader) -> UInt32 {
        let walk = bytes.withUnsafeBytes { SegmentWalk($0, store: header.store, first: header.first) }
        return walk.frames.reduce(header.epoch) { max($0, $1.header.context.epoch) }
    }

    private static func footer(_ bytes: [UInt8]) -> SegmentFooter? { bytes.withUnsafeBytes { SegmentFooter(endOf: $0) } }
}
