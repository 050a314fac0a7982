// The files in `log/` that recovery must handle, judged by their content rather than their names.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

struct UnsealedFiles {
    private let disk: any Disk
    private let paths: StorePaths
    private let manifest: Manifest

    init(_ disk: any Disk, _ paths: StorePaths, _ manifest: Manifest) {
        (self.disk, self.paths, self.manifest) = (disk, paths, manifest)
    }

    /// The unsealed segments to recover, in order, and the names of files that do not belong in `log/`.
    ///
    /// A file without any valid header or frame counts only at the offset where the log would continue: there it is a segment
    /// that was never started, or one that lost its content. Anywhere else it is a stray file and says nothing about the events
    /// before it.
    func sorted() throws -> (segments: [Offset], strays: [String]) {
        var (ours, rest): ([Offset], [Offset]) = ([], [])
        var strays: [String] = []
        let sealed = Set(manifest.segments.map(\.first))
        for first in try disk.list(paths.log).compactMap(StorePaths.segmentStart).sorted() where !sealed.contains(first) {
            guard let claim = SegmentClaim.of(first, manifest.store, disk, paths) else { continue }
            if first < manifest.sealedEnd {
                // Files below R are left over from an interrupted retention; the next one removes them.
                if first >= manifest.retained || claim == .foreign { strays.append(StorePaths.name(of: paths.segment(first))) }
            } else if claim == .ours || claim == .unreadable {
                ours.append(first)
            } else {
                rest.append(first)
            }
        }
        for first in rest {
            if try isDue(first, ours) {
                ours.append(first)
                ours.sort()
            } else {
                strays.append(StorePaths.name(of: paths.segment(first)))
            }
        }
        return (ours, strays)
    }

    /// Whether the next segment after `ours` would begin at `first`.
    private func isDue(_ first: Offset, _ ours: [Offset]) throws -> Bool {
        guard try disk.kind(paths.segment(first)) == .file else { return false }
        if first == manifest.sealedEnd { return true }
        guard let before = ours.last(where: { $0 < first }) else { return false }
        let bytes = try disk.openFile(paths.segment(before)).readAll(limit: LogLimits.segmentBytes)
        let next = ours.first { $0 > first }
        return bytes.withUnsafeBytes { SegmentWalk($0, store: manifest.store, first: before, limit: next).end } == first
    }
}
