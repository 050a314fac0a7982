// The files in `log/` that recovery has to deal with, by what is in them and not by what they are called.

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

    /// What is to be recovered, in order, and names of what does not belong into `log/`.
    ///
    /// A file that proves nothing counts only where the log would go on without it: there it is a segment that was never begun,
    /// or one of which nothing is left. Anywhere else it is a stray file, and says nothing about the events before it.
    func sorted() throws -> (segments: [Offset], strays: [String]) {
        var (ours, rest): ([Offset], [Offset]) = ([], [])
        var strays: [String] = []
        let sealed = Set(manifest.segments.map(\.first))
        for first in try disk.list(paths.log).compactMap(StorePaths.segmentStart).sorted() where !sealed.contains(first) {
            guard let claim = SegmentClaim.of(first, manifest.store, disk, paths) else { continue }
            if first < manifest.sealedEnd {
                // Below R stands what a retention had no time to remove; the next one does.
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

    /// Whether a segment would begin at `first` after those that are there.
    private func isDue(_ first: Offset, _ ours: [Offset]) throws -> Bool {
        guard try disk.kind(paths.segment(first)) == .file else { return false }
        if first == manifest.sealedEnd { return true }
        guard let before = ours.last(where: { $0 < first }) else { return false }
        let bytes = try disk.openFile(paths.segment(before)).readAll(limit: LogLimits.segmentBytes)
        let next = ours.first { $0 > first }
        return bytes.withUnsafeBytes { SegmentWalk($0, store: manifest.store, first: before, limit: next).end } == first
    }
}
