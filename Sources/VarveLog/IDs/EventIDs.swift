// Event ids as 128-bit hashes. The key is (tenant, id). A batch without an `id` column costs nothing.

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
