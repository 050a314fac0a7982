// Room for the moment in which the disk is full: `log/reserve` is a file of no meaning that a retention gives up when it finds no
// room for what it has to write before anything can go. The next one that has room makes it again.

internal import VarveDisk

struct Reserve {
    /// A manifest of ten thousand segments twice, and bases of usual views.
    static let bytes = 4 << 20
    /// What must be free before a retention begins: the locks' notes, a manifest, and a small database's files.
    private static let roomBytes = 256 << 10

    private let disk: any Disk
    private let paths: StorePaths

    init(_ disk: any Disk, _ paths: StorePaths) { (self.disk, self.paths) = (disk, paths) }

    /// Makes it when it is not there. Without room there is none: nothing depends on it before the disk is full.
    func make(bytes: Int = Reserve.bytes) {
        do throws(DiskError) {
            guard bytes > 0, try disk.kind(paths.reserve) == nil else { return }
            try disk.replace(paths.reserve, with: Self.noise(bytes))
        } catch {
            clear()
        }
    }

    /// Gives it up. False when there is none.
    func giveUp() -> Bool {
        clear()
        guard (try? disk.kind(paths.reserve)) == .file else { return false }
        return (try? disk.remove(paths.reserve)) != nil
    }

    /// Gives it up when the disk has no room for the least that a retention writes.
    func giveUpWhenFull() -> Bool {
        defer { clear() }
        do throws(DiskError) {
            try probe()
            return false
        } catch {
            return error.code == .noSpace && giveUp()
        }
    }

    /// Runs `body`; when the disk is full and the reserve is there, gives it up and runs it once more.
    func retrying<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error where LogError(error).code == .noSpace && giveUp() {
            return try body()
        }
    }

    private var beside: String { paths.reserve + temporarySuffix }

    private func probe() throws(DiskError) {
        clear()
        let file = try disk.create(beside)
        try file.write(Self.noise(Self.roomBytes), at: 0)
        try file.syncData()
    }

    private func clear() {
        if let kind = try? disk.kind(beside), kind == .file { try? disk.remove(beside) }
    }

    /// Bytes that no file system makes smaller; `count` is a multiple of eight.
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
