// Event ids as 128-bit hashes: which one is in the log, and at which offset.
//
// The key is (tenant, id). A batch without an `id` column costs nothing.

internal import VarveBatchFormat
internal import VarveEvents
internal import VarveHash

/// A hash and the offset of the event it stands for.
struct IDEntry: Hashable, Sendable {
    var hash: Hash128
    var offset: UInt64
}

/// The ids of a batch, in row order.
struct BatchIDs {
    /// Rows with an id, ascending, each with the hash of tenant and id.
    private(set) var rows: [(row: Int, hash: Hash128)] = []

    init(_ batch: EventBatch) {
        guard let column = batch.column(.id), case .strings(let codes, let table) = column.values else { return }
        let tenants = TenantNames(batch)
        let order = batch.rowsByPosition()
        let positions = column.positionsPresent(rowCount: batch.rowCount, groups: batch.groups)
        // By rows again: sorting them would take longer than hashing.
        var indexOfRow = [UInt32](repeating: .max, count: batch.rowCount)
        for (index, position) in positions.enumerated() {
            indexOfRow[Int(order[Int(position)])] = UInt32(truncatingIfNeeded: index)
        }
        var key: [UInt8] = []
        rows.reserveCapacity(positions.count)
        for row in 0..<batch.rowCount where indexOfRow[row] != .max {
            let index = Int(indexOfRow[row])
            key.removeAll(keepingCapacity: true)
            tenants.append(to: &key, position: Int(positions[index]))
            table.withBytes(of: codes[index]) { key.append(contentsOf: $0) }
            rows.append((row, key.withUnsafeBytes { XXH3.hash128($0) }))
        }
    }
}

/// The tenant of each position.
private struct TenantNames {
    private let table: StringTable
    /// Per position 1 + the number in `table`, 0 for none; empty when there is no tenant at all.
    private var number: [UInt32] = []

    init(_ batch: EventBatch) {
        guard let column = batch.column(.tenant), case .strings(let codes, let names) = column.values else {
            table = StringTable()
            return
        }
        table = names
        number = [UInt32](repeating: 0, count: batch.rowCount)
        let positions = column.positionsPresent(rowCount: batch.rowCount, groups: batch.groups)
        for (index, position) in positions.enumerated() { number[Int(position)] = UInt32(codes[index]) + 1 }
    }

    /// Length + 1 and the name, or a zero: no two pairs of tenant and id give one key.
    func append(to key: inout [UInt8], position: Int) {
        guard !number.isEmpty, number[position] > 0 else {
            key.append(contentsOf: [0, 0, 0, 0])
            return
        }
        table.withBytes(of: Int(number[position] - 1)) { name in
            withUnsafeBytes(of: UInt32(name.count + 1).littleEndian) { key.append(contentsOf: $0) }
            key.append(contentsOf: name)
        }
    }
}

/// Hash → offset for every id in the log. Open addressing with linear probing, at most two thirds full.
struct IDTable: Sendable {
    private var entries: [IDEntry] = []
    private(set) var count = 0
    /// The offset of a free slot. No event has it: offsets count from 0 upwards, one by one.
    private static let free = UInt64.max

    /// Adds the id unless it is known; then returns the offset of the event that has it.
    mutating func insert(_ hash: Hash128, _ offset: UInt64) -> UInt64? {
        if (count + 1) * 3 > entries.count * 2 { grow() }
        let slot = find(hash)
        if entries[slot].offset != Self.free { return entries[slot].offset }
        entries[slot] = IDEntry(hash: hash, offset: offset)
        count += 1
        return nil
    }

    /// Forgets an id, for a group that could not be written. Later entries of the same run move up.
    mutating func remove(_ hash: Hash128) {
        guard !entries.isEmpty else { return }
        let mask = entries.count - 1
        var hole = find(hash)
        guard entries[hole].offset != Self.free else { return }
        count -= 1
        var next = hole
        while true {
            next = (next + 1) & mask
            guard entries[next].offset != Self.free else { break }
            let home = Int(truncatingIfNeeded: entries[next].hash.low) & mask
            // Stays when its home lies behind the hole, cyclically.
            if (next &- home) & mask < (next &- hole) & mask { continue }
            entries[hole] = entries[next]
            hole = next
        }
        entries[hole].offset = Self.free
    }

    private func find(_ hash: Hash128) -> Int {
        let mask = entries.count - 1
        var slot = Int(truncatingIfNeeded: hash.low) & mask
        while entries[slot].offset != Self.free, entries[slot].hash != hash { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let old = entries
        let empty = IDEntry(hash: Hash128(high: 0, low: 0), offset: Self.free)
        entries = [IDEntry](repeating: empty, count: max(64, old.count * 2))
        for entry in old where entry.offset != Self.free { entries[find(entry.hash)] = entry }
    }
}

/// The ids of one sealed segment: `ids/<first>.ids`, derived, so that opening a log reads no sealed segment.
///
///     VARVEIDS, version u32, zero u32, store <16b>, first, end, count u64,
///     count × (hash high, hash low, offset), sorted by hash;  XXH3-64 of everything before
enum IDRun {
    private static let magic = magicNumber("VARVEIDS")
    private static let version: UInt32 = 1

    static func encode(_ entries: [IDEntry], _ store: StoreID, first: Offset, end: Offset) -> [UInt8] {
        var out = BytesOut(reserving: 64 + entries.count * 24)
        out.put(magic)
        out.put(version)
        out.put(UInt32(0))
        out.put(store)
        for value in [first.value, end.value, UInt64(entries.count)] { out.put(value) }
        for entry in entries.sorted(by: { $0.hash < $1.hash }) {
            for value in [entry.hash.high, entry.hash.low, entry.offset] { out.put(value) }
        }
        out.seal()
        return out.bytes
    }

    /// The entries of a run; an error when it is not exactly the run of this segment.
    static func decode(_ bytes: [UInt8], _ store: StoreID, _ segment: SegmentRecord) throws -> [IDEntry] {
        try bytes.withUnsafeBytes { raw in
            try BytesIn.checkSeal(raw, "the run of ids")
            var reader = BytesIn(raw, "run of ids")
            guard try reader.take() == magic, try reader.take() == version, try reader.take() == UInt32(0),
                try reader.takeStore() == store, try reader.take() == segment.first.value,
                try reader.take() == segment.end.value, try reader.take() == segment.ids,
                segment.ids == UInt64((raw.count - 64) / 24)
            else { throw FormatError(.malformed, "the run of ids is not that of segment \(segment.first)") }
            return try (0..<Int(segment.ids)).map { _ in
                let hash = Hash128(high: try reader.take(), low: try reader.take())
                let offset: UInt64 = try reader.take()
                guard (segment.first.value..<segment.end.value).contains(offset) else {
                    throw FormatError(.malformed, "offset \(offset) in the run of ids of segment \(segment.first)")
                }
                return IDEntry(hash: hash, offset: offset)
            }
        }
    }
}
