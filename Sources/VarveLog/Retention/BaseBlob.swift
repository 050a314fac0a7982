// Bases: what views are at R, once the events below are gone. They are source, as segments are: nobody can make them again. The
// manifest names R and the hash of `log/base/<R>.base` in one record, so old R goes with old bases and new R with new ones.

internal import VarveBatchFormat
internal import VarveDisk
public import VarveEvents
internal import VarveHash

/// One view state at R. The log keeps its bytes and does not know what they mean.
public struct BaseBlob: Hashable, Sendable {
    /// Unique within R; 1 to 1,024 bytes of UTF-8.
    public var name: String
    public var bytes: [UInt8]

    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

extension LogReader {
    /// All bases, and the R they belong to, from one moment; none when retention was given none. Each is checked.
    ///
    /// - Throws: `.damaged` when a base is not what was written, or is missing.
    public func bases() throws(LogError) -> BaseSet {
        try typed { try Bases(disk, paths).current { try $0.all() } }
    }

    /// R and the names of the bases, without reading them.
    public func baseNames() throws(LogError) -> (boundary: Offset, names: [String]) {
        try typed { try Bases(disk, paths).current { ($0.boundary, try $0.entries().map(\.name)) } }
    }

    /// One base and its R. Nil when there is none of that name.
    public func base(_ name: String) throws(LogError) -> (boundary: Offset, bytes: [UInt8])? {
        try typed {
            try Bases(disk, paths).current { bases in try bases.one(name).map { (bases.boundary, $0) } }
        }
    }
}

/// The file of bases that belongs to a manifest.
struct Bases {
    private let disk: any Disk
    private let paths: StorePaths

    init(_ disk: any Disk, _ paths: StorePaths) {
        self.disk = disk
        self.paths = paths
    }

    /// The bases of one manifest.
    struct Set: Sendable {
        private let disk: any Disk
        private let paths: StorePaths
        private let manifest: Manifest
        /// Open, when it was asked for: then retention cannot take it away.
        private let held: DiskFile?

        init(_ manifest: Manifest, _ disk: any Disk, _ paths: StorePaths, opens: Bool) throws(DiskError) {
            self.disk = disk
            self.paths = paths
            self.manifest = manifest
            held = opens && manifest.base != nil ? try disk.openFile(paths.base(manifest.retained)) : nil
        }

        private func file() throws(DiskError) -> DiskFile {
            if let held { held } else { try disk.openFile(path) }
        }

        var boundary: Offset { manifest.retained }
        private var path: String { paths.base(manifest.retained) }

        func all() throws -> BaseSet {
            var set = BaseSet(boundary: boundary)
            guard manifest.base != nil else { return set }
            let bytes = try file().readAll(limit: LogLimits.baseBytes)
            let blobs = try told { try BaseFile.decode(bytes, manifest.store, at: boundary) }
            for blob in blobs { set.blobs[blob.name] = blob.bytes }
            return set
        }

        func entries() throws -> [BaseFile.Entry] {
            guard manifest.base != nil else { return [] }
            let file = try file()
            let size = try file.size()
            let fixed = try file.read(BaseFile.fixedSize, at: 0)
            return try told {
                let headSize = try fixed.withUnsafeBytes { try BaseFile.headSize($0, fileSize: size) }
                let head = try file.read(headSize, at: 0)
                return try head.withUnsafeBytes {
                    try BaseFile.entries($0, manifest.store, at: boundary, fileSize: size)
                }
            }
        }

        func one(_ name: String) throws -> [UInt8]? {
            guard let entry = try entries().first(where: { $0.name == name }) else { return nil }
            guard let length = Int(exactly: entry.length), length <= LogLimits.baseBytes else {
                throw LogError(.damaged, "the base \(name) in \(path) is said to have \(entry.length) bytes")
            }
            let bytes = try file().read(length, at: entry.position)
            return try told { try BaseFile.checked(bytes, entry) }
        }

        private func told<Value>(_ body: () throws -> Value) throws -> Value {
            do {
                return try body()
            } catch let error as FormatError {
                let code: LogError.Code = error.code == .newerVersion ? .newerFormat : .damaged
                throw LogError(code, "\(path): \(error.message); restore it from a backup")
            }
        }
    }

    /// Runs `body` on the bases of the manifest as it is, with their file held open.
    func current<Value>(_ body: (Set) throws -> Value) throws -> Value { try body(open()) }

    /// Retention may move R and remove the file between the look at the manifest and the opening: then again.
    private func open() throws -> Set {
        var manifest = try LogLayout(disk, paths).manifest
        while true {
            do throws(DiskError) {
                return try Set(manifest, disk, paths, opens: true)
            } catch {
                guard error.code == .notFound else { throw error }
                let now = try LogLayout(disk, paths).manifest
                if now.retained == manifest.retained, now.base == manifest.base {
                    throw LogError(.damaged, "\(paths.base(manifest.retained)) is missing; restore it from a backup")
                }
                manifest = now
            }
        }
    }

    /// Writes the bases of an R that is to come, durably. Nobody looks at them before the manifest says so.
    func write(_ blobs: [BaseBlob], _ store: StoreID, at boundary: Offset) throws -> SHA256Digest {
        let bytes = try BaseFile.encode(blobs, store, at: boundary)
        guard bytes.count <= LogLimits.baseBytes else {
            throw LogError(.refused, "the bases have \(bytes.count) bytes; the limit is \(LogLimits.baseBytes)")
        }
        try disk.makeDirectory(paths.bases)
        try disk.replace(paths.base(boundary), with: bytes)
        guard try disk.openFile(paths.base(boundary)).readAll(limit: LogLimits.baseBytes) == bytes else {
            throw LogError(.inputOutput, "\(paths.base(boundary)) does not read back as it was written; nothing was removed")
        }
        return bytes.withUnsafeBytes { SHA256Digest(of: $0) }
    }

    /// The paths of what belongs to another R than that of `manifest`: of before, or of a retention that was interrupted. Files
    /// that are not called as ours are nobody's concern.
    func others(_ manifest: Manifest) throws -> [String] {
        guard try disk.kind(paths.bases) == .directory else { return [] }
        let kept = manifest.base == nil ? nil : StorePaths.name(of: paths.base(manifest.retained))
        return try disk.list(paths.bases).sorted().filter { name in
            name != kept && StorePaths.baseBorder(StorePaths.beingWritten(name) ?? name) != nil
        }.map { paths.bases + "/" + $0 }
    }

    /// Removes them; `manifest` is durable.
    func removeOthers(_ manifest: Manifest) throws {
        for path in try others(manifest) { try disk.remove(path) }
    }
}
