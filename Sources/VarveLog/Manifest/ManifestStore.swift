internal import VarveDisk
internal import VarveEvents

/// The manifest of a log that is open for writing or for maintenance. Changes are serialized.
///
/// A writer's store is fenced: each change, and each step that runs in `exclusively`, first checks that the manifest on disk
/// still has the writer's epoch. A later writer raises the epoch under the same lock before it reads anything. So a step either
/// completes before that, and the later writer sees its result, or does not begin.
final class ManifestStore: Sendable {
    private let current: Monitor<Manifest>
    private let disk: any Disk
    private let paths: StorePaths
    /// The epoch of the writer that owns this store. Nil before the writer has one, and for maintenance.
    private let epoch = Monitor<UInt32?>(nil)

    init(_ manifest: Manifest, _ disk: any Disk, _ paths: StorePaths) {
        current = Monitor(manifest)
        self.disk = disk
        self.paths = paths
    }

    var manifest: Manifest { current.withLock { $0 } }

    /// Changes the manifest and makes the change durable. `body` is applied to the manifest on disk, because maintenance in
    /// another process may have changed it. It must be idempotent: after a failed attempt it may find its own change already
    /// there. On an error, memory keeps the old state, and the disk has the old or the new one.
    func change(_ body: (inout Manifest) throws -> Void) throws {
        try changeIf {
            try body(&$0)
            return true
        }
    }

    /// Like `change`, but writes nothing if `body` returns false.
    func changeIf(_ body: (inout Manifest) throws -> Bool) throws {
        try current.withLock { manifest in
            let lock = try LogLocks.waitForManifest(disk, paths)
            defer { _ = lock }
            var next = try latest(manifest)
            guard try body(&next) else { return }
            next.generation = try Self.next(next.generation, "generation", paths)
            try ManifestFiles.store(next, disk, paths)
            manifest = next
        }
    }

    /// Takes the next epoch, which is also above `published`, the watermark's epoch. From then on every change is fenced.
    func beginEpoch(above published: UInt32) throws {
        try change { $0.epoch = try Self.next(max($0.epoch, published), "epoch", paths) }
        epoch.withLock { $0 = manifest.epoch }
    }

    /// Runs `body`, a change of files that only the latest writer may make, while no other writer can start.
    func exclusively<Value>(_ body: () throws -> Value) throws -> Value {
        try current.withLock { manifest in
            let lock = try LogLocks.waitForManifest(disk, paths)
            defer { _ = lock }
            _ = try latest(manifest)
            return try body()
        }
    }

    /// The manifest on disk, unless the one in memory is later.
    private func latest(_ manifest: Manifest) throws -> Manifest {
        guard case .valid(let found) = try ManifestFiles.load(disk, paths), found.store == manifest.store else { return manifest }
        if let epoch = epoch.withLock({ $0 }), found.epoch > epoch {
            throw LogError(
                .fenced, "the log at \(paths.root) was opened in epoch \(found.epoch), this writer opened it in epoch \(epoch)")
        }
        return found.generation >= manifest.generation ? found : manifest
    }

    /// The successor of a number that was read from a file, checked for overflow.
    private static func next<Number: FixedWidthInteger>(_ number: Number, _ what: String, _ paths: StorePaths) throws -> Number {
        let (next, overflow) = number.addingReportingOverflow(1)
        guard !overflow else {
            throw LogError(.damaged, "the log at \(paths.root) has \(what) \(number), which no real log can reach: it is forged")
        }
        return next
    }
}
