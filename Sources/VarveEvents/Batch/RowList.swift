/// The rows that a growing column has values for. Most columns have a value for every row so far, and then only the count is
/// stored.
struct RowList: Sendable {
    private(set) var count = 0
    /// The row of the last value; −1 before the first.
    private(set) var last: Int64 = -1
    /// All rows, once a row has been left out; empty before that.
    private var listed: [UInt32] = []

    var isEmpty: Bool { count == 0 }

    /// Whether the rows are 0 ..< count.
    var isDense: Bool { listed.isEmpty }

    @inline(__always)
    mutating func append(_ row: UInt32) {
        if listed.isEmpty, Int(row) == count {
            // Dense, and stays so.
        } else {
            list(row)
        }
        count += 1
        last = Int64(row)
    }

    private mutating func list(_ row: UInt32) {
        if listed.isEmpty {
            listed.reserveCapacity(Swift.max(64, count * 2))
            listed += (0..<UInt32(truncatingIfNeeded: count))
        }
        listed.append(row)
    }

    /// Appends ascending rows, each relative to `first`.
    mutating func append(_ more: UnsafeBufferPointer<UInt32>, after first: UInt32) {
        guard let lowest = more.first, let highest = more.last else { return }
        if listed.isEmpty, Int(first) + Int(lowest) == count, Int(highest) - Int(lowest) == more.count - 1 {
            // Dense, and stays so.
        } else {
            if listed.isEmpty {
                listed.reserveCapacity(Swift.max(64, (count + more.count) * 2))
                listed += (0..<UInt32(truncatingIfNeeded: count))
            }
            listed.append(more.count) { target in
                for index in more.indices { (target + index).initialize(to: first &+ more[index]) }
            }
        }
        count += more.count
        last = Int64(first) + Int64(highest)
    }

    mutating func removeLast() {
        count -= 1
        if !listed.isEmpty { listed.removeLast() }
        last = count == 0 ? -1 : Int64(listed.last ?? UInt32(truncatingIfNeeded: count - 1))
    }

    mutating func removeAll() {
        count = 0
        last = -1
        listed.removeAll(keepingCapacity: true)
    }

    /// The row of each value.
    var all: [UInt32] {
        listed.isEmpty ? Array(0..<UInt32(truncatingIfNeeded: count)) : listed
    }
}
