// The totals over all cells of kept views at one offset: `states/totals/<projector>` (docs/format/totals.md). A chart over all
// time asks only for totals, and reading half a million cells for that takes seconds. A total is brought up to its view's
// offset by folding the events in between.
//
//     VTOT │ version u32 │ count u64 │ count × total │ XXH3 u64 of everything before
//
//     total   fingerprint of the view 32 │ offset u64 │ stamp i64 │ complete from u64 │ length u32 │ canonical bytes of the state
//
// Derived: an incomplete file, or one of another log, is ignored, and it may be deleted at any time.

internal import VarveDisk
internal import VarveEvents
internal import VarveHash
internal import VarveProjections

/// The total of one kept view.
struct KeptTotal: Sendable {
    /// All events below this offset are included.
    var offset: Offset
    /// The append time of the last of them; it tells logs of the same length apart.
    var stamp: Timestamp?
    var completeFrom: Offset
    var state: [UInt8]
}

/// The totals of one projector's views.
struct KeptTotals: Sendable {
    private(set) var all: [SHA256Digest: KeptTotal] = [:]
    /// Whether there are changes to save.
    private(set) var hasChanged = false

    private static let magic: UInt32 = 0x544F_5456
    private static let version: UInt32 = 1
    private static let bytesMax = 64 << 20

    subscript(view: ViewDefinition) -> KeptTotal? {
        get { all[view.cellFingerprint] }
        set {
            all[view.cellFingerprint] = newValue
            hasChanged = true
        }
    }

    init() {}

    /// Drops a total that does not belong to this log.
    mutating func drop(_ view: SHA256Digest) { all[view] = nil }

    /// Loads the totals of `projector`; empty when there is no valid file.
    init(_ disk: any Disk, _ paths: ViewPaths, _ projector: String) {
        guard let bytes = try? disk.openFile(paths.totals(projector)).readAll(limit: Self.bytesMax), bytes.count > 24,
            let read = try? Self.read(bytes)
        else { return }
        all = read
    }

    private static func read(_ bytes: [UInt8]) throws(StateError) -> [SHA256Digest: KeptTotal]? {
        let size = bytes.count - 8
        let hash = bytes.withUnsafeBytes { XXH3.hash64(UnsafeRawBufferPointer(rebasing: $0[..<size])) }
        var end = StateReader(Array(bytes[size...]))
        guard try end.fixed(UInt64.self) == hash else { return nil }
        var reader = StateReader(Array(bytes[..<size]))
        guard try reader.fixed(UInt32.self) == magic, try reader.fixed(UInt32.self) == version else { return nil }
        var found: [SHA256Digest: KeptTotal] = [:]
        for _ in 0..<(try reader.fixed(UInt64.self)) {
            var print: [UInt8] = []
            for _ in 0..<32 { print.append(try reader.fixed(UInt8.self)) }
            guard let view = SHA256Digest(bytes: print) else { return nil }
            let offset = Offset(try reader.fixed(UInt64.self))
            let stamp = try reader.fixed(Int64.self)
            let completeFrom = Offset(try reader.fixed(UInt64.self))
            found[view] = KeptTotal(
                offset: offset, stamp: stamp == .min ? nil : Timestamp(nanoseconds: stamp), completeFrom: completeFrom,
                state: Array(bytes[try reader.block()]))
        }
        try reader.finish()
        return found
    }

    /// Saves the totals. Failure is ignored, because they are only a cache.
    func save(_ disk: any Disk, _ paths: ViewPaths, _ projector: String) {
        var out = StateWriter()
        out.fixed(Self.magic)
        out.fixed(Self.version)
        out.fixed(UInt64(all.count))
        for (view, total) in all.sorted(by: { $0.key.bytes.lexicographicallyPrecedes($1.key.bytes) }) {
            for byte in view.bytes { out.fixed(byte) }
            out.fixed(total.offset.value)
            out.fixed(total.stamp?.nanoseconds ?? .min)
            out.fixed(total.completeFrom.value)
            out.block(total.state)
        }
        out.fixed(out.bytes.withUnsafeBytes { XXH3.hash64($0) })
        for folder in [paths.states, paths.totals] where (try? disk.kind(folder)) != .directory {
            try? disk.makeDirectory(folder)
        }
        try? disk.replaceUnsynced(paths.totals(projector), with: out.bytes)
    }
}
