// Finds where a copy that should end at a given offset can end. A numbered append of a producer is copied whole or not at all:
// if it were cut in two, neither "known" nor "unknown" would be a correct answer when the producer sends it again.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

struct AppendBorder {
    private let disk: any Disk
    private let paths: StorePaths
    private let layout: LogLayout

    init(_ disk: any Disk, _ paths: StorePaths, _ layout: LogLayout) {
        (self.disk, self.paths, self.layout) = (disk, paths, layout)
    }

    /// `limit`, or the start of the numbered append that has rows on both sides of it.
    func below(_ limit: Offset) throws -> Offset {
        let sealed = layout.manifest.segments.first { $0.first < limit && $0.end > limit }
        guard let first = sealed?.first ?? layout.unsealed.last(where: { $0 < limit }) else { return limit }
        let path = paths.segment(first)
        guard try disk.kind(path) == .file else { return limit }
        let bytes = try disk.openFile(path).readAll(limit: LogLimits.segmentBytes)
        return try bytes.withUnsafeBytes { raw in
            let walk = SegmentWalk(raw, store: layout.manifest.store, first: first, limit: sealed?.end)
            if walk.isNewer { throw LogError(.newerFormat, "\(path) was written by a newer version of this program") }
            return try border(walk.frames, raw, limit)
        }
    }

    private func border(_ frames: [FoundFrame], _ raw: UnsafeRawBufferPointer, _ limit: Offset) throws -> Offset {
        /// The preceding append. The next entry may be its continuation, because compaction splits appends where a frame is
        /// full.
        var before: (entry: AppendEntry, start: Offset)?
        for frame in frames {
            let part = UnsafeRawBufferPointer(rebasing: raw[frame.range])
            let batch = try FrameDecoder.decode(part, frame.header, select: .none)
            var row = 0
            for entry in try FrameDecoder.appends(part, frame.header) where row < batch.rowCount {
                let end = min(row + Int(entry.rows), batch.rowCount)
                guard end > row else { continue }
                let isNext = before.map { entry.isPart(of: $0.entry) } ?? false
                let start = isNext ? before?.start ?? limit : batch.offset(ofRow: row)
                if batch.offset(ofRow: end - 1) >= limit { return entry.producer != 0 ? min(start, limit) : limit }
                before = (entry, start)
                row = end
            }
            if row == 0 { before = nil }
            if frame.header.endOffset > limit { return limit }
        }
        return limit
    }
}
