// Bases: the states of views at R, once the events below R are gone. Like segments they are source data that cannot be rebuilt.
// One record of the manifest holds both R and the hash of `log/base/<R>.base`, so R and its bases always change together.

internal import VarveBatchFormat
internal import VarveDisk
public import VarveEvents
internal import VarveHash

/// One view state at R. The log stores its bytes without interpreting them.
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
    /// All bases and the R they belong to, read consistently; empty when retention was given none. Each is verified.
    ///
    /// - Throws: `.damaged` when a base does not match what was written, or is missing.
    public func bases() throws(LogError) -> BaseSet {
        try typed { try Bases(disk, paths).current { try $0.all() } }
    }

    /// R and the names of the bases. Does not read the bases themselves.
    public func baseNames() throws(LogError) -> (boundary: Offset, names: [String]) {
        try typed { try Bases(disk, paths).current { ($0.boundary, try $0.entries().map(\.name)) } }
    }

    /// The base of that name and its R; nil when there is none.
    public func base(_ name: String) throws(LogError) -> (boundary: Offset, bytes: [UInt8])? {
        try typed {
            try Bases(disk, paths).current { bases in try bases.one(name).map { (bases.boundary, $0) } }
        }
    }
}

/// The base file of a log.
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
        /// Held open on request, so that retention cannot remove it.
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
            let blobs = try asLogErrors { try BaseFile.decode(bytes, manifest.store, at: boundary) }
            for blob in blobs { set.blobs[blob.name] = blob.bytes }
            return set
        }

        func entries() throws -> [BaseFile.Entry] {
            guard manifest.base != nil else { return [] }
            let file = try file()
            let size = try file.size()
            let fixed = try file.read(BaseFile.fixedSize, at: 0)
            return try asLogErrors {
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
                throw LogError(.damaged, "the directory of \(path) lists the base \(name) with \(entry.length) bytes")
            }
            let bytes = try file().read(length, at: entry.position)
            return try asLogErrors { try BaseFile.checked(bytes, entry) }
        }

        private func asLogErrors<Value>(_ body: () throws -> Value) throws -> Value {
            do {
                return try body()
            } catch let error as FormatError {
                let code: LogError.Code = error.code == .newerVersion ? .newerFormat : .damaged
                throw LogError(code, "\(path): \(error.message); restore it from a backup")
            }
        }
    }

    /// Runs `body` on the bases of the current manifest, with their file held open.
    func current<Value>(_ body: (Set) throws -> Value) throws -> Value { try body(open()) }

    /// Opens the current base file. Starts again if retention moves R and removes the file after the manifest was read.
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

    /// Writes the bases for a new R durably. Readers use them only once the manifest refers to them.
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

    /// The paths of base files of another R than the manifest's: an earlier one, or that of an interrupted retention. Files
    /// with other names are ignored.
    func others(_ manifest: Manifest) throws -> [String] {
        guard try disk.kind(paths.bases) == .directory else { return [] }
        let kept = manifest.base == nil ? nil : StorePaths.name(of: paths.base(manifest.retained))
        return try disk.list(paths.bases).sorted().filter { name in
            name != kept && StorePaths.baseBorder(StorePaths.beingWritten(name) ?? name) != nil
        }.map { paths.bases + "/" + $0 }
    }

    /// Removes the files of `others`. `manifest` must be durable.
    func removeOthers(_ manifest: Manifest) throws {
        for path in try others(manifest) { try disk.remove(path) }
    }
}
