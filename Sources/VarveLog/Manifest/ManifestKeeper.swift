internal import VarveDisk
internal import VarveEvents

/// The manifest of a log that is open for writing, or for maintenance. One thread changes it at a time.
///
/// A writer's keeper is fenced: each change, and each step that runs in `exclusively`, first looks whether the manifest on disk
/// is still that of the writer's epoch. A later writer raises the epoch under the same lock before it reads anything, so a step
/// either is over before that, and the later writer sees what it did, or does not begin.
final class ManifestKeeper: Sendable {
    private let current: Monitor<Manifest>
    private let disk: any Disk
    private let paths: StorePaths
    /// The epoch of the writer whose keeper this is; nil until it has one, and for maintenance.
    private let epoch = Monitor<UInt32?>(nil)

    init(_ manifest: Manifest, _ disk: any Disk, _ paths: StorePaths) {
        current = Monitor(manifest)
        self.disk = disk
        self.paths = paths
    }

    var manifest: Manifest { current.withLock { $0 } }

    /// Changes it and makes the change durable. What is changed is the manifest on disk, since maintenance of another process
    /// may have changed it too; `body` may meet its own change there, after an attempt that failed, and must not mind. On an
    /// error memory keeps the old state, and disk has the old or the new one.
    func change(_ body: (inout Manifest) throws -> Void) throws {
        try changeIf {
            try body(&$0)
            return true
        }
    }

    /// As `change`; nothing is written when `body` returns false.
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

    /// Takes the next epoch, above `published` too, which is the watermark's: from now on every change is fenced.
    func beginEpoch(above published: UInt32) throws {
        try change { $0.epoch = try Self.next(max($0.epoch, published), "epoch", paths) }
        epoch.withLock { $0 = manifest.epoch }
    }

    /// Runs `body`, a change of files that only the latest writer may make, while no other writer can begin.
    func exclusively<Value>(_ body: () throws -> Value) throws -> Value {
        try current.withLock { manifest in
            let lock = try LogLocks.waitForManifest(disk, paths)
            defer { _ = lock }
            _ = try latest(manifest)
            return try body()
        }
    }

    /// The manifest on disk, unless memory knows a later one.
    private func latest(_ manifest: Manifest) throws -> Manifest {
        guard case .valid(let found) = try ManifestFiles.load(disk, paths), found.store == manifest.store else { return manifest }
        if let epoch = epoch.withLock({ $0 }), found.epoch > epoch {
            throw LogError(
                .fenced, "the log at \(paths.root) was opened in epoch \(found.epoch), this writer opened it in epoch \(epoch)")
        }
        return found.generation >= manifest.generation ? found : manifest
    }

    /// The number behind one that was read from a file.
    private static func next<Number: FixedWidthInteger>(_ number: Number, _ what: String, _ paths: StorePaths) throws -> Number {
        let (next, overflow) = number.addingReportingOverflow(1)
        guard !overflow else {
            throw LogError(.damaged, "the log at \(paths.root) says \(what) \(number), which no log gets to: it is forged")
        }
        return next
    }
}
