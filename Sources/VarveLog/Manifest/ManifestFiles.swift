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

/// The manifest of a log that is open for writing. One thread changes it at a time.
final class ManifestKeeper: Sendable {
    private let current: Monitor<Manifest>
    private let disk: any Disk
    private let paths: StorePaths

    init(_ manifest: Manifest, _ disk: any Disk, _ paths: StorePaths) {
        current = Monitor(manifest)
        self.disk = disk
        self.paths = paths
    }

    var manifest: Manifest { current.withLock { $0 } }

    /// Changes it and makes the change durable. What is changed is the manifest on disk, since maintenance of another process
    /// may have changed it too; `body` may meet its own change there, after an attempt that failed, and must not mind. On an
    /// error memory keeps the old state, and disk has the old or the new one.
    func change(_ body: (inout Manifest) -> Void) throws {
        try changeIf {
            body(&$0)
            return true
        }
    }

    /// As `change`; nothing is written when `body` returns false.
    func changeIf(_ body: (inout Manifest) -> Bool) throws {
        try current.withLock { manifest in
            let lock = try LogLocks.waitForManifest(disk, paths)
            defer { _ = lock }
            var next = manifest
            if case .valid(let found) = try ManifestFiles.load(disk, paths), found.store == manifest.store,
                found.generation >= manifest.generation
            {
                next = found
            }
            guard body(&next) else { return }
            next.generation += 1
            try ManifestFiles.store(next, disk, paths)
            manifest = next
        }
    }
}
