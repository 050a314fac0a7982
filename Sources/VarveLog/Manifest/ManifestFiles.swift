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
    /// The valid copy with the higher generation. Whatever is wrong with one copy is that copy's fault: the other one counts
    /// alone. Only when neither can be used is it said why.
    ///
    /// - Throws: `.newerFormat`; and the disk's error when a copy cannot be read and no other one is valid: what it says may
    ///   still be there, and must not be taken for lost.
    static func load(_ disk: any Disk, _ paths: StorePaths) throws -> ManifestFinding {
        var best: Manifest?
        var fault: String?
        var unread: DiskError?
        /// What was read as a manifest already: mostly the second copy is the first.
        var known: [UInt8]?
        for path in paths.manifests {
            do {
                guard let bytes = try read(path, disk), bytes != known else { continue }
                let found = try Manifest(parsing: bytes)
                known = bytes
                if found.generation >= best?.generation ?? 0 { best = found }
            } catch let error as FormatError {
                if error.code == .newerVersion { throw LogError(.newerFormat, "\(path): \(error.message)") }
                fault = "\(path): \(error.message)"
            } catch let error as DiskError {
                unread = error
            }
        }
        if let best { return .valid(best) }
        if let unread { throw unread }
        return fault.map { .damaged($0) } ?? .absent
    }

    /// Whether both copies are whole and say the same. A change that was cut short leaves one behind.
    static func areEqual(_ disk: any Disk, _ paths: StorePaths) -> Bool {
        let copies = paths.manifests.map { path -> [UInt8]? in
            guard let bytes = try? read(path, disk), (try? Manifest(parsing: bytes)) != nil else { return nil }
            return bytes
        }
        return copies[0] != nil && copies[0] == copies[1]
    }

    /// The bytes of a copy; nil when there is none.
    ///
    /// - Throws: `FormatError` for what is no manifest whatever it holds: no plain file, or one larger than any manifest.
    static func read(_ path: String, _ disk: any Disk) throws -> [UInt8]? {
        switch try disk.kind(path) {
        case nil: return nil
        case .file: break
        default: throw FormatError(.malformed, "this is no plain file")
        }
        let file = try disk.openFile(path)
        let size = try file.size()
        guard size <= UInt64(LogLimits.manifestBytes) else {
            throw FormatError(.malformed, "\(size) bytes; no manifest has more than \(LogLimits.manifestBytes)")
        }
        return try file.readAll(limit: LogLimits.manifestBytes)
    }

    /// Replaces the first copy in one step, and writes the second over itself when the first is durable. So the first is whole
    /// after any crash, also when a sync failed before and nobody knows any more what of the second has reached the disk.
    static func store(_ manifest: Manifest, _ disk: any Disk, _ paths: StorePaths) throws {
        let bytes = manifest.encoded()
        for path in paths.manifests { try setAside(path, disk, paths) }
        try disk.replace(paths.manifests[0], with: bytes)
        let second = paths.manifests[1]
        let file = try disk.kind(second) == nil ? disk.create(second) : disk.openFile(second, .readWrite)
        try file.write(bytes, at: 0)
        try file.truncate(to: UInt64(bytes.count))
        try file.syncData()
    }

    /// What stands in the place of a copy and is no plain file goes to `quarantine/`.
    private static func setAside(_ path: String, _ disk: any Disk, _ paths: StorePaths) throws {
        guard let kind = try disk.kind(path), kind != .file else { return }
        try disk.makeDirectory(paths.quarantine)
        try disk.rename(path, to: try freeName(StorePaths.name(of: path), disk, paths))
    }

    /// A path in `quarantine/` at which nothing stands yet.
    static func freeName(_ name: String, _ disk: any Disk, _ paths: StorePaths) throws -> String {
        var number = 0
        while try disk.kind(paths.quarantine + "/\(name).aside-\(number)") != nil { number += 1 }
        return paths.quarantine + "/\(name).aside-\(number)"
    }
}
