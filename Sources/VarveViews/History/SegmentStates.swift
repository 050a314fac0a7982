// A cache of the states of single sealed segments, so that no segment is folded twice: `states/<content hash>.states` holds the
// states of all views. Little-endian (docs/format/segment-states.md).
//
//     ┌──────┬─────────────┬───────────┬──────────────────────────────────────────────────────────────────────────┬──────────┐
//     │ VSEG │ version u32 │ count u64 │ count × (fingerprint 32 │ level u32 │ 0 u32 │ index bytes u64 │          │ XXH3 u64 │
//     │      │             │           │          cells bytes u64 │ position u64 │ XXH3 of the index u64)         │          │
//     └──────┴─────────────┴───────────┴──────────────────────────────────────────────────────────────────────────┴──────────┘
//     then the sections: an index of buckets, and their cells               of everything before ────┘
//
// A view has a section per permanent level, so that a query by day reads only the few day cells, and of those only the
// requested buckets (`StateSection`).
//
// A file is found by the segment's content hash and a state in it by the identity of its cells. Compaction changes neither,
// and any change of the events or the definition gives another key. So an entry is valid or absent, never stale, and the files
// may be deleted at any time. A section whose hash does not match is treated as absent.

internal import VarveDisk
internal import VarveHash
internal import VarveProjections

/// The cache of segment states of a data directory.
struct SegmentStates: Sendable {
    private let disk: any Disk
    private let paths: ViewPaths
    /// The most bytes that all files together may have; beyond that nothing is saved.
    let bytesMax: UInt64
    /// The bytes of all files: counted once before the first save and updated since. Nil before that.
    private let bytesKept = Monitor<UInt64?>(nil)

    private static let magic: UInt32 = 0x4745_5356
    private static let version: UInt32 = 2
    private static let entrySize = 72
    /// The most entries of a file; states of further views are not saved.
    private static let entriesMax = 4_096
    /// Bytes read first of a file, enough for a table of about fifty sections.
    private static let headSize = 4_096
    /// The largest valid section.
    private static let sectionBytesMax: UInt64 = 1 << 31

    struct Entry {
        var fingerprint: [UInt8]
        var level: UInt32
        /// Sizes in bytes of the index and of the cells that follow it.
        var index: UInt64
        var cells: UInt64
        var position: UInt64
        var hash: UInt64
    }

    /// A section to be written.
    private struct Written {
        var fingerprint: [UInt8]
        var level: UInt32
        var index: [UInt8]
        var cells: [UInt8]
    }

    init(at data: String, disk: any Disk, bytesMax: UInt64 = 2 << 30) {
        self.disk = disk
        paths = ViewPaths(data)
        self.bytesMax = bytesMax
    }

    private func path(_ content: SHA256Digest) -> String { paths.states + "/\(content).states" }

    /// Whether there is a file for the segment.
    func has(_ content: SHA256Digest) -> Bool {
        (try? disk.kind(path(content))) == .file
    }

    /// The states of all views of `plan` over the segment; nil when one is missing. `buckets` limits them to a range.
    func load(_ content: SHA256Digest, _ plan: FoldPlan, buckets: ClosedRange<Int64>?) -> ViewStates? {
        guard let file = open(content) else { return nil }
        var states: [ViewState] = []
        for view in plan.views {
            let level = view.permanentLevel
            var merger = SectionMerger(view, level: level)
            guard let section = file.section(view.cellFingerprint.bytes, level, buckets ?? .min ... .max),
                (try? merger.merge(section, at: level)) != nil
            else { return nil }
            states.append(merger.finished())
        }
        return ViewStates(plan, states)
    }

    /// Opens the file of the segment; nil when there is none or it is invalid.
    func open(_ content: SHA256Digest) -> SegmentStatesFile? {
        guard let file = try? disk.openFile(path(content)), let entries = Self.entries(file) else { return nil }
        return SegmentStatesFile(file: file, entries: entries)
    }

    /// Saves the states of a segment, next to states of other views in its file. Failure is ignored, because this is only a
    /// cache.
    func save(_ content: SHA256Digest, _ states: ViewStates) {
        guard (try? hasRoom()) == true else { return }
        var kept: [Written] = []
        for view in states.plan.views {
            guard let state = states.state(of: view) else { continue }
            for level in view.permanentLevels {
                let section = state.section(at: level)
                kept.append(
                    Written(
                        fingerprint: view.cellFingerprint.bytes, level: UInt32(level.rawValue), index: section.index,
                        cells: section.cells))
            }
        }
        if let known = open(content) {
            let own = Set(kept.map(\.fingerprint))
            for entry in known.entries where !own.contains(entry.fingerprint) && kept.count < Self.entriesMax {
                guard let (index, cells) = known.bytes(entry) else { continue }
                kept.append(Written(fingerprint: entry.fingerprint, level: entry.level, index: index, cells: cells))
            }
        }
        let bytes = Self.encoded(kept)
        let before = (try? disk.openFile(path(content)).size()) ?? 0
        guard (try? disk.replaceUnsynced(path(content), with: bytes)) != nil else { return }
        bytesKept.withLock { $0 = $0.map { $0 + UInt64(bytes.count) - min(before, $0) } }
    }

    /// Creates the directory if needed. Returns false when the cache is full.
    private func hasRoom() throws(DiskError) -> Bool {
        if let known = bytesKept.withLock({ $0 }) { return known < bytesMax }
        // Creating the directory syncs its parent, which is slow, so it is done only once.
        if try disk.kind(paths.states) != .directory { try disk.makeDirectory(paths.states) }
        var total: UInt64 = 0
        // A file that another thread renames meanwhile is not counted.
        for name in try disk.list(paths.states) { total += (try? disk.openFile(paths.states + "/" + name).size()) ?? 0 }
        bytesKept.withLock { [total] in $0 = total }
        return total < bytesMax
    }

    /// Removes the files of segments that the log no longer has.
    func removeAll(but contents: Set<SHA256Digest>) {
        guard let names = try? disk.list(paths.states) else { return }
        let wanted = Set(contents.map { "\($0).states" })
        for name in names where !wanted.contains(name) { try? disk.remove(paths.states + "/" + name) }
        bytesKept.withLock { $0 = nil }
    }

    private static func encoded(_ sections: [Written]) -> [UInt8] {
        var out: [UInt8] = []
        func put<Number: FixedWidthInteger>(_ value: Number) { withUnsafeBytes(of: value.littleEndian) { out += $0 } }
        var position = UInt64(16 + sections.count * entrySize + 8)
        out.reserveCapacity(Int(position) + sections.reduce(0) { $0 + $1.index.count + $1.cells.count })
        put(magic)
        put(version)
        put(UInt64(sections.count))
        for section in sections {
            out += section.fingerprint
            put(section.level)
            put(UInt32(0))
            put(UInt64(section.index.count))
            put(UInt64(section.cells.count))
            put(position)
            put(section.index.withUnsafeBytes { XXH3.hash64($0) })
            position += UInt64(section.index.count + section.cells.count)
        }
        put(out.withUnsafeBytes { XXH3.hash64($0) })
        for section in sections { out += section.index + section.cells }
        return out
    }

    /// The table of a file; nil when it is invalid.
    private static func entries(_ file: DiskFile) -> [Entry]? {
        guard var table = try? file.read(headSize, at: 0), table.count >= 24 else { return nil }
        let count: UInt64 = number(table, 8)
        guard number(table, 0) == magic, number(table, 4) == version, count <= entriesMax else { return nil }
        let size = 16 + Int(count) * entrySize
        if table.count < size + 8, table.count == headSize {
            guard let longer = try? file.read(size + 8, at: 0) else { return nil }
            table = longer
        }
        guard table.count >= size + 8 else { return nil }
        let hash = table.withUnsafeBytes { XXH3.hash64(UnsafeRawBufferPointer(rebasing: $0[..<size])) }
        guard number(table, size) == hash, let end = try? file.size() else { return nil }
        var entries: [Entry] = []
        for start in stride(from: 16, to: size, by: entrySize) {
            let entry = Entry(
                fingerprint: Array(table[start..<(start + 32)]), level: number(table, start + 32),
                index: number(table, start + 40), cells: number(table, start + 48), position: number(table, start + 56),
                hash: number(table, start + 64))
            guard entry.index <= sectionBytesMax, entry.cells <= sectionBytesMax, entry.position <= end,
                entry.index + entry.cells <= end - entry.position
            else { return nil }
            entries.append(entry)
        }
        return entries
    }

    private static func number<Number: FixedWidthInteger>(_ bytes: [UInt8], _ position: Int) -> Number {
        Number(littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: Number.self) })
    }
}

/// The stored states of one segment, open for reading.
struct SegmentStatesFile: Sendable {
    fileprivate let file: DiskFile
    fileprivate let entries: [SegmentStates.Entry]

    /// The buckets in `wanted` of a view at `level`; nil when the file does not have the section or its index is invalid.
    func section(_ fingerprint: [UInt8], _ level: BucketLevel, _ wanted: ClosedRange<Int64>) -> StateSection? {
        guard let entry = entries.first(where: { $0.level == UInt32(level.rawValue) && $0.fingerprint == fingerprint }) else {
            return nil
        }
        if wanted == .min ... .max {
            guard let (index, cells) = bytes(entry), let buckets = StateSection.buckets(index: index, limit: cells.count) else {
                return nil
            }
            return StateSection(buckets[...], bytes: cells)
        }
        guard let index = index(entry), let buckets = StateSection.buckets(index: index, limit: Int(entry.cells)) else {
            return nil
        }
        let places = StateSection.places(of: wanted, in: buckets)
        guard let first = buckets[places].first, let last = buckets[places].last else { return StateSection([], bytes: []) }
        let size = last.position + last.length - first.position
        let position = entry.position + entry.index + UInt64(first.position)
        guard let cells = try? file.read(size, at: position), cells.count == size else { return nil }
        return StateSection(buckets[places], bytes: cells)
    }

    private func index(_ entry: SegmentStates.Entry) -> [UInt8]? {
        guard let index = try? file.read(Int(entry.index), at: entry.position), index.count == Int(entry.index),
            index.withUnsafeBytes({ XXH3.hash64($0) }) == entry.hash
        else { return nil }
        return index
    }

    /// A whole section: its verified index, and its cells, which are verified per bucket when they are used.
    fileprivate func bytes(_ entry: SegmentStates.Entry) -> (index: [UInt8], cells: [UInt8])? {
        guard let index = index(entry), let cells = try? file.read(Int(entry.cells), at: entry.position + entry.index),
            cells.count == Int(entry.cells)
        else { return nil }
        return (index, cells)
    }
}
