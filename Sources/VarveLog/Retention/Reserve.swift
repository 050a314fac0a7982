// Space for the case that the disk is full: `log/reserve` is a file without meaning that retention deletes when it finds no
// room for what it must write before it can remove anything. The next retention with room creates it again.

internal import VarveDisk

struct Reserve {
    /// Enough for the manifest of ten thousand segments, twice, and for bases of typical views.
    static let bytes = 4 << 20
    /// The space that a retention needs to begin: the locks' notes, a manifest, and the files of a small database.
    private static let roomBytes = 256 << 10

    private let disk: any Disk
    private let paths: StorePaths

    init(_ disk: any Disk, _ paths: StorePaths) { (self.disk, self.paths) = (disk, paths) }

    /// Creates the reserve if it is missing. Failure is ignored: nothing depends on it before the disk is full.
    func make(bytes: Int = Reserve.bytes) {
        do throws(DiskError) {
            guard bytes > 0, try disk.kind(paths.reserve) == nil else { return }
            try disk.replace(paths.reserve, with: Self.noise(bytes))
        } catch {
            clear()
        }
    }

    /// Deletes the reserve. Returns false when there is none.
    func release() -> Bool {
        clear()
        guard (try? disk.kind(paths.reserve)) == .file else { return false }
        return (try? disk.remove(paths.reserve)) != nil
    }

    /// Deletes the reserve if the disk has no room for the minimum that a retention writes.
    func releaseIfFull() -> Bool {
        defer { clear() }
        do throws(DiskError) {
            try probe()
            return false
        } catch {
            return error.code == .noSpace && release()
        }
    }

    /// Runs `body`. If the disk is full and there is a reserve, deletes the reserve and runs `body` once more.
    func retrying<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error where LogError(error).code == .noSpace && release() {
            return try body()
        }
    }

    private var temporary: String { paths.reserve + temporarySuffix }

    private func probe() throws(DiskError) {
        clear()
        let file = try disk.create(temporary)
        try file.write(Self.noise(Self.roomBytes), at: 0)
        try file.syncData()
    }

    private func clear() {
        if let kind = try? disk.kind(temporary), kind == .file { try? disk.remove(temporary) }
    }

    /// Incompressible bytes, so that the file really occupies its size. `count` is a multiple of eight.
    private static func noise(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
            var state: UInt64 = 0x9E37_79B9_7F4A_7C15
            var at = 0
            while at + 8 <= count {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                UnsafeMutableRawBufferPointer(bytes).storeBytes(of: state, toByteOffset: at, as: UInt64.self)
                at += 8
            }
            filled = at
        }
    }
}
