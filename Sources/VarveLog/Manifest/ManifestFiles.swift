// Reads and writes the two manifest files: which copy counts, and how both are replaced.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

/// What the manifest files contain.
enum ManifestFinding: Sendable {
    case valid(Manifest)
    /// There are files, but none is readable. The message says why.
    case damaged(String)
    case absent
}

enum ManifestFiles {
    /// The valid copy with the higher generation. A fault in one copy is ignored as long as the other is valid; it is reported
    /// only when neither can be used.
    ///
    /// - Throws: `.newerFormat`. Also the disk's error when a copy cannot be read and the other is not valid: its content may
    ///   still be there, so it must not be treated as lost.
    static func load(_ disk: any Disk, _ paths: StorePaths) throws -> ManifestFinding {
        var best: Manifest?
        var fault: String?
        var unread: DiskError?
        /// The bytes already parsed: usually both copies are equal, and the second need not be parsed again.
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

    /// Whether both copies are valid and equal. They differ after an interrupted change.
    static func areEqual(_ disk: any Disk, _ paths: StorePaths) -> Bool {
        let copies = paths.manifests.map { path -> [UInt8]? in
            guard let bytes = try? read(path, disk), (try? Manifest(parsing: bytes)) != nil else { return nil }
            return bytes
        }
        return copies[0] != nil && copies[0] == copies[1]
    }

    /// The bytes of a copy; nil when the file does not exist.
    ///
    /// - Throws: `FormatError` for what cannot be a manifest: not a regular file, or larger than any manifest.
    static func read(_ path: String, _ disk: any Disk) throws -> [UInt8]? {
        switch try disk.kind(path) {
        case nil: return nil
        case .file: break
        default: throw FormatError(.malformed, "not a regular file")
        }
        let file = try disk.openFile(path)
        let size = try file.size()
        guard size <= UInt64(LogLimits.manifestBytes) else {
            throw FormatError(.malformed, "\(size) bytes; no manifest has more than \(LogLimits.manifestBytes)")
        }
        return try file.readAll(limit: LogLimits.manifestBytes)
    }

    /// Replaces the first copy atomically, then overwrites the second once the first is durable. So the first copy is valid
    /// after any crash, even if an earlier failed sync left the second in an unknown state on disk.
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

    /// Moves anything at `path` that is not a regular file to `quarantine/`.
    private static func setAside(_ path: String, _ disk: any Disk, _ paths: StorePaths) throws {
        guard let kind = try disk.kind(path), kind != .file else { return }
        try disk.makeDirectory(paths.quarantine)
        try disk.rename(path, to: try freeName(StorePaths.name(of: path), disk, paths))
    }

    /// An unused path in `quarantine/`.
    static func freeName(_ name: String, _ disk: any Disk, _ paths: StorePaths) throws -> String {
        var number = 0
        while try disk.kind(paths.quarantine + "/\(name).aside-\(number)") != nil { number += 1 }
        return paths.quarantine + "/\(name).aside-\(number)"
    }
}
