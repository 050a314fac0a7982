// Event ids as 128-bit hashes of (tenant, id). A batch without an `id` column costs nothing.

internal import VarveBatchFormat
internal import VarveEvents
internal import VarveHash

/// An id's hash and the offset of its event.
struct IDEntry: Hashable, Sendable {
    var hash: Hash128
    var offset: UInt64
}

/// The ids of a batch, in row order.
struct BatchIDs {
    /// For each row with an id, the hash of tenant and id.
    private(set) var hashes: [Hash128] = []
    /// The rows that have an id, ascending; empty when every row has one.
    private(set) var rows: [UInt32] = []

    init(_ batch: EventBatch) {
        guard let column = batch.column(.id), case .strings(let codes, let ids) = column.values else { return }
        let codeOfRow = codesByRow(column, codes, batch)
        if codes.count < batch.rowCount {
            rows = codeOfRow.indices.filter { codeOfRow[$0] != .max }.map { UInt32(truncatingIfNeeded: $0) }
        }
        var tenants: (codes: [UInt32], names: StringTable) = ([], StringTable())
        if let column = batch.column(.tenant), case .strings(let codes, let names) = column.values {
            tenants = (codesByRow(column, codes, batch), names)
        }
        hashes = Self.hashes(codeOfRow, ids, tenants.codes, tenants.names, count: codes.count)
    }

    /// The number of ids.
    var count: Int { hashes.count }

    /// The row of id number `index`.
    func row(_ index: Int) -> Int { rows.isEmpty ? index : Int(rows[index]) }

    /// All hashes except those of `known`, which is in row order.
    func hashes(without known: [(index: Int, offset: UInt64)]) -> [Hash128] {
        var (left, next): ([Hash128], Int) = ([], 0)
        left.reserveCapacity(count - known.count)
        for index in 0..<count {
            if next < known.count, known[next].index == index { next += 1 } else { left.append(hashes[index]) }
        }
        return left
    }

    /// The ids with their offsets. `batch` must be the batch that they were made from.
    func entries(_ batch: EventBatch) -> [IDEntry] {
        let (first, offsets) = (batch.firstOffset.value, batch.offsets)
        return [IDEntry](unsafeUninitializedCapacity: count) { entries, filled in
            for index in 0..<count {
                let row = row(index)
                let offset = offsets.map { $0[row] } ?? first + UInt64(row)
                entries.initializeElement(at: index, to: IDEntry(hash: hashes[index], offset: offset))
            }
            filled = count
        }
    }

    /// Hashes the keys. A key is the tenant's length + 1 and its name, or a zero when there is no tenant, followed by the id.
    /// The encoding is injective: no two (tenant, id) pairs share a key.
    private static func hashes(
        _ codeOfRow: [UInt32], _ ids: StringTable, _ tenantOfRow: [UInt32], _ tenants: StringTable, count: Int
    ) -> [Hash128] {
        var hashes: [Hash128] = []
        hashes.reserveCapacity(count)
        let keySize = 4 + tenants.longest + ids.longest
        withUnsafeTemporaryAllocation(byteCount: keySize, alignment: 8) { key in
            ids.bytes.withUnsafeBytes { bytes in
                ids.bounds.withUnsafeBufferPointer { bounds in
                    var (tenant, size) = (UInt32.max, 4)
                    key.storeBytes(of: 0, as: UInt32.self)
                    for row in codeOfRow.indices where codeOfRow[row] != .max {
                        if !tenantOfRow.isEmpty, tenantOfRow[row] != tenant {
                            tenant = tenantOfRow[row]
                            size = put(tenant, tenants, key)
                        }
                        let code = Int(codeOfRow[row])
                        let (start, end) = (Int(bounds[code]), Int(bounds[code + 1]))
                        UnsafeMutableRawBufferPointer(rebasing: key[size...]).copyMemory(
                            from: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
                        hashes.append(XXH3.hash128(UnsafeRawBufferPointer(rebasing: key[0..<(size + end - start)])))
                    }
                }
            }
        }
        return hashes
    }

    /// Writes the tenant's part of a key and returns its size.
    private static func put(_ tenant: UInt32, _ names: StringTable, _ key: UnsafeMutableRawBufferPointer) -> Int {
        guard tenant != .max else {
            key.storeBytes(of: 0, as: UInt32.self)
            return 4
        }
        return names.withBytes(of: Int(tenant)) { name in
            key.storeBytes(of: UInt32(truncatingIfNeeded: name.count + 1).littleEndian, as: UInt32.self)
            UnsafeMutableRawBufferPointer(rebasing: key[4...]).copyMemory(from: name)
            return 4 + name.count
        }
    }
}

/// For each row the code of its value in `column`, or `.max` where it has none.
private func codesByRow(_ column: Column, _ codes: Codes, _ batch: EventBatch) -> [UInt32] {
    // For each group, the position of its next row and the index of its next value.
    var positions = batch.groups.map(\.positions.lowerBound)
    var values = Array(column.valueStarts.dropLast())
    let wide = codes.wide(0..<codes.count)
    let groups = batch.groupOfRow.wide(0..<batch.rowCount)
    return (0..<batch.rowCount).map { row in
        let group = Int(groups[row])
        let position = positions[group]
        positions[group] += 1
        let isPresent =
            switch column.presence {
            case .all: true
            case .groups(let bits): bits[group]
            case .positions(let bits): bits[position]
            }
        guard isPresent else { return .max }
        let value = values[group]
        values[group] += 1
        return wide[value]
    }
}

extension Codes {
    /// The codes of `range`, widened to 32 bits.
    func wide(_ range: Range<Int>) -> [UInt32] {
        switch self {
        case .constant: [UInt32](repeating: 0, count: range.count)
        case .identity: range.map { UInt32(truncatingIfNeeded: $0) }
        case .u8(let codes): codes[range].map { UInt32($0) }
        case .u16(let codes): codes[range].map { UInt32($0) }
        case .u32(let codes): Array(codes[range])
        }
    }
}
