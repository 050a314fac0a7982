// States of single sealed segments, so that nobody folds a segment twice: `states/<content hash>.states`, all views in one file.
// Little-endian (docs/format/segment-states.md).
//
//     ┌──────────┬─────────────┬───────────┬──────────────────────────────────────────────────────────────┬──────────┐
//     │ VSEG     │ version u32 │ count u64 │ count × (fingerprint 32 │ position u64 │ length u64 │ XXH3 u64) │ XXH3 u64 │
//     └──────────┴─────────────┴───────────┴──────────────────────────────────────────────────────────────┴──────────┘
//     then the states, canonical bytes each                                        of everything before ────┘
//
// A file is found by what the events are, a state in it by the definition's fingerprint: compaction keeps both, any change of
// either is another name. So an entry is right or absent, never stale, and all of it may be deleted at any time. What does not
// fit its hash is treated as absent.

internal import VarveDisk
internal import VarveHash
internal import VarveProjections

/// The cache of segment states of one data directory.
struct SegmentStates: Sendable {
    private let disk: any Disk
    private let paths: ViewPaths
    /// Bytes that all files together may have; more is not kept.
    let bytesMax: UInt64

    private static let magic: UInt32 = 0x4745_5356
    private static let version: UInt32 = 1
    private static let entrySize = 56
    /// Entries of one file: more views than that are not kept.
    private static let entriesMax = 4_096

    private struct Entry {
        var fingerprint: [UInt8]
        var position: UInt64
        var length: UInt64
        var hash: UInt64
    }

    init(at data: String, disk: any Disk, bytesMax: UInt64 = 2 << 30) {
        self.disk = disk
        paths = ViewPaths(data)
        self.bytesMax = bytesMax
    }

    private func path(_ content: SHA256Digest) -> String { paths.states + "/\(content).states" }

    /// Whether something is kept of the segment.
    func has(_ content: SHA256Digest) -> Bool {
        (try? disk.kind(path(content))) == .file
    }

    /// The states of all views of `plan` over the segment, or nil when one of them is not there. `buckets` leaves out others.
    func load(_ content: SHA256Digest, _ plan: FoldPlan, buckets: ClosedRange<Int64>?) -> ViewStates? {
        let path = path(content)
        guard let file = try? disk.openFile(path), let entries = entries(file) else { return nil }
        var states: [ViewState] = []
        for view in plan.views {
            guard let entry = entries.first(where: { $0.fingerprint == view.fingerprint.bytes }), let bytes = bytes(entry, file),
                let state = try? ViewState(canonicalBytes: bytes, definition: view, buckets: buckets)
            else { return nil }
            states.append(state)
        }
        return ViewStates(plan, states)
    }

    /// Keeps the states of a segment, beside those of other views that are there already. A failure is none: it is only a cache.
    func save(_ content: SHA256Digest, _ states: ViewStates) {
        guard (try? prepare()) == true else { return }
        let path = path(content)
        var kept: [(fingerprint: [UInt8], bytes: [UInt8])] = []
        for view in states.plan.views {
            guard let state = states.state(of: view) else { continue }
            kept.append((view.fingerprint.bytes, state.canonicalBytes()))
        }
        if let file = try? disk.openFile(path), let entries = entries(file) {
            for entry in entries where !kept.contains(where: { $0.fingerprint == entry.fingerprint }) {
                if let bytes = bytes(entry, file), kept.count < Self.entriesMax { kept.append((entry.fingerprint, bytes)) }
            }
        }
        try? disk.replaceUnsynced(path, with: Self.encoded(kept))
    }

    /// Makes the directory. False when it is full.
    private func prepare() throws(DiskError) -> Bool {
        try disk.makeDirectory(paths.states)
        var total: UInt64 = 0
        // What another thread renames meanwhile is not there to be counted.
        for name in try disk.list(paths.states) { total += (try? disk.openFile(paths.states + "/" + name).size()) ?? 0 }
        return total < bytesMax
    }

    /// Removes the files of segments that the log does not have any more.
    func removeAll(but contents: Set<SHA256Digest>) {
        guard let names = try? disk.list(paths.states) else { return }
        let wanted = Set(contents.map { "\($0).states" })
        for name in names where !wanted.contains(name) { try? disk.remove(paths.states + "/" + name) }
    }

    private static func encoded(_ states: [(fingerprint: [UInt8], bytes: [UInt8])]) -> [UInt8] {
        var out: [UInt8] = []
        func put<Number: FixedWidthInteger>(_ value: Number) { withUnsafeBytes(of: value.littleEndian) { out += $0 } }
        put(magic)
        put(version)
        put(UInt64(states.count))
        var position = UInt64(24 + states.count * entrySize)
        for state in states {
            out += state.fingerprint
            put(position)
            put(UInt64(state.bytes.count))
            put(state.bytes.withUnsafeBytes { XXH3.hash64($0) })
            position += UInt64(state.bytes.count)
        }
        put(out.withUnsafeBytes { XXH3.hash64($0) })
        for state in states { out += state.bytes }
        return out
    }

    /// The table of a file; nil when it is not whole.
    private func entries(_ file: DiskFile) -> [Entry]? {
        guard let head = try? file.read(16, at: 0), head.count == 16 else { return nil }
        let count: UInt64 = Self.number(head, 8)
        guard Self.number(head, 0) == Self.magic, Self.number(head, 4) == Self.version, count <= Self.entriesMax else {
            return nil
        }
        let size = 16 + Int(count) * Self.entrySize
        guard let table = try? file.read(size + 8, at: 0), table.count == size + 8 else { return nil }
        let hash = table.withUnsafeBytes { XXH3.hash64(UnsafeRawBufferPointer(rebasing: $0[..<size])) }
        guard Self.number(table, size) == hash else { return nil }
        return (0..<Int(count)).map { index in
            let start = 16 + index * Self.entrySize
            return Entry(
                fingerprint: Array(table[start..<(start + 32)]), position: Self.number(table, start + 32),
                length: Self.number(table, start + 40), hash: Self.number(table, start + 48))
        }
    }

    private func bytes(_ entry: Entry, _ file: DiskFile) -> [UInt8]? {
        guard let size = try? file.size(), entry.position <= size, entry.length <= size - entry.position,
            let bytes = try? file.read(Int(entry.length), at: entry.position), bytes.count == Int(entry.length),
            bytes.withUnsafeBytes({ XXH3.hash64($0) }) == entry.hash
        else { return nil }
        return bytes
    }

    private static func number<Number: FixedWidthInteger>(_ bytes: [UInt8], _ position: Int) -> Number {
        Number(littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: Number.self) })
    }
}
