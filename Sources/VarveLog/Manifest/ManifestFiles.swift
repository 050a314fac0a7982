// The two manifest files: which one counts, and how both are replaced.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

/// What was found where the manifests should be.
enum ManifestFinding: Sendable {
    case valid(Manifest)
    /// Files are there, none is readable.
    case damaged(String)
    case absent
}

enum ManifestFiles {
    /// The valid copy with the higher generation.
    static func load(_ disk: any Disk, _ paths: StorePaths) throws -> ManifestFinding {
        var best: Manifest?
        var fault: String?
        for path in paths.manifests {
            guard try disk.kind(path) != nil else { continue }
            do {
                let found = try Manifest(parsing: disk.openFile(path).readAll(limit: LogLimits.manifestBytes))
                if found.generation >= best?.generation ?? 0 { best = found }
            } catch let error as FormatError {
                if error.code == .newerVersion { throw LogError(.newerFormat, "\(path): \(error.message)") }
                fault = "\(path): \(error.message)"
            }
        }
        if let best { return .valid(best) }
        return fault.map { .damaged($0) } ?? .absent
    }

    /// Replaces the first copy in one step, and writes the second over itself when the first is durable. So the first is whole
    /// after any crash, also when a sync failed before and nobody knows any more what of the second has reached the disk.
    static func store(_ manifest: Manifest, _ disk: any Disk, _ paths: StorePaths) throws {
        let bytes = manifest.encoded()
        try disk.replace(paths.manifests[0], with: bytes)
        let second = paths.manifests[1]
        let file = try disk.kind(second) == nil ? disk.create(second) : disk.openFile(second, .readWrite)
        try file.write(bytes, at: 0)
        try file.truncate(to: UInt64(bytes.count))
        try file.syncData()
    }
}
