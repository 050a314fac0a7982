internal import Synchronization

/// All cells of one bucket of a view: their keys, and each measure's states as a column.
///
/// A key has one interner number per dimension. The cell `other`, if there is one, has the combinations folded by the budget;
/// all numbers of its key are `UInt32.max`.
final class BucketCells: @unchecked Sendable {
    let dimensionCount: Int
    let keysKept: Int
    private(set) var count = 0
    private(set) var keys: [UInt32] = []
    private(set) var other: Int?
    private(set) var columns: [MeasureColumn]
    /// Per cell, whether it changed since changes were last taken.
    var changed: [Bool] = []
    /// Held while sketches are settled or read raw: states on several threads may share a bucket, and settling changes its
    /// representation, though not its value.
    private let settling = Mutex(())
    /// Open addressing; a power of two in size, at most half full.
    private var slots: UnsafeMutableBufferPointer<Slot>

    /// Keys of up to two numbers are packed and compared directly; for longer keys this is the hash.
    private struct Slot {
        var packed: UInt64
        /// Cell number + 1, or 0 for a free slot.
        var cell: UInt32
    }

    init(_ definition: ViewDefinition, dimensionCount: Int) {
        self.dimensionCount = dimensionCount
        keysKept = definition.keysKept
        columns = definition.measures.map { MeasureColumn.make($0) }
        slots = Self.emptySlots(16)
    }

    deinit { slots.deallocate() }

    private static func emptySlots(_ size: Int) -> UnsafeMutableBufferPointer<Slot> {
        let slots = UnsafeMutableBufferPointer<Slot>.allocate(capacity: size)
        slots.initialize(repeating: Slot(packed: 0, cell: 0))
        return slots
    }

    private init(copying source: BucketCells) {
        dimensionCount = source.dimensionCount
        keysKept = source.keysKept
        count = source.count
        keys = source.keys
        other = source.other
        columns = source.columns.map { $0.copy() }
        changed = source.changed
        slots = .allocate(capacity: source.slots.count)
        _ = slots.initialize(from: source.slots)
    }

    func copy() -> BucketCells { withoutSettling { BucketCells(copying: self) } }

    /// Brings every column into its final form; after that reading changes nothing.
    func settle() {
        settling.withLock { _ in
            for column in columns { column.settle() }
        }
    }

    /// Runs `body`, which reads sketches raw, while no thread settles them.
    func withoutSettling<Result>(_ body: () -> Result) -> Result {
        settling.withLock { _ in body() }
    }

    /// A copy with keys renumbered by `maps`, per dimension; all its cells count as changed. Columns share storage until one of
    /// the copies changes, and the slots are built on demand.
    func renumbered(_ maps: [[UInt32]]) -> BucketCells {
        let copy = copy()
        var renumbered = keys
        for dimension in 0..<dimensionCount {
            let map = maps[dimension]
            for index in stride(from: dimension, to: keys.count, by: dimensionCount) where renumbered[index] != .max {
                renumbered[index] = map[Int(renumbered[index])]
            }
        }
        copy.keys = renumbered
        copy.changed = [Bool](repeating: true, count: count)
        copy.slots.deallocate()
        copy.slots = Self.emptySlots(0)
        return copy
    }

    func key(of cell: Int) -> ArraySlice<UInt32> {
        keys[(cell * dimensionCount)..<((cell + 1) * dimensionCount)]
    }

    /// The cell with this key, created if new; the caller will change it. O(1) expected.
    func cell(_ key: UnsafeBufferPointer<UInt32>) -> Int {
        let cell = key.baseAddress.map { find($0) } ?? withUnsafePointer(to: 0) { find($0) }
        growColumns()
        changed[cell] = true
        return cell
    }

    /// The cells of `found` keys, which are consecutive in `ids`; entry `codes[i]` of `result` is set to the cell of key i.
    func resolve(
        _ ids: UnsafePointer<UInt32>, _ found: Int, _ codes: UnsafePointer<UInt32>, _ result: UnsafeMutablePointer<UInt32>
    ) {
        for index in 0..<found {
            result[Int(codes[index])] = UInt32(truncatingIfNeeded: find(ids + index * dimensionCount))
        }
        growColumns()
        changed.withUnsafeMutableBufferPointer { changed in
            for index in 0..<found { changed[Int(result[Int(codes[index])])] = true }
        }
    }

    /// The cell with this key; a new one has no columns yet.
    @inline(__always)
    private func find(_ key: UnsafePointer<UInt32>) -> Int {
        if slots.isEmpty { rebuildSlots(size(for: count)) }
        let packed = pack(key)
        let slots = slots
        let mask = slots.count - 1
        var slot = Self.place(packed) & mask
        while slots[slot].cell != 0 {
            if slots[slot].packed == packed {
                let cell = Int(slots[slot].cell - 1)
                if dimensionCount <= 2 || matches(cell, key) { return cell }
            }
            slot = (slot + 1) & mask
        }
        return insert(key, packed)
    }

    private func insert(_ key: UnsafePointer<UInt32>, _ packed: UInt64) -> Int {
        if (count + 1) * 2 > slots.count { rebuildSlots(slots.count * 4) }
        put(packed, cell: count)
        keys.append(contentsOf: UnsafeBufferPointer(start: key, count: dimensionCount))
        count += 1
        return count - 1
    }

    private func put(_ packed: UInt64, cell: Int) {
        let mask = slots.count - 1
        var slot = Self.place(packed) & mask
        while slots[slot].cell != 0 { slot = (slot + 1) & mask }
        slots[slot] = Slot(packed: packed, cell: UInt32(truncatingIfNeeded: cell + 1))
    }

    private func growColumns() {
        guard changed.count < count else { return }
        changed.append(contentsOf: repeatElement(true, count: count - changed.count))
        for column in columns { column.grow(to: count) }
    }

    func otherCell() -> Int {
        if let other { return other }
        for _ in 0..<dimensionCount { keys.append(.max) }
        other = count
        count += 1
        growColumns()
        return count - 1
    }

    private func matches(_ cell: Int, _ key: UnsafePointer<UInt32>) -> Bool {
        let start = cell * dimensionCount
        for index in 0..<dimensionCount where keys[start + index] != key[index] { return false }
        return true
    }

    @inline(__always)
    private func pack(_ key: UnsafePointer<UInt32>) -> UInt64 {
        switch dimensionCount {
        case 0: return 0
        case 1: return UInt64(key[0])
        case 2: return UInt64(key[0]) | UInt64(key[1]) << 32
        default:
            var state: UInt64 = 0
            for index in 0..<dimensionCount { state = Self.mix(state ^ UInt64(key[index])) }
            return state
        }
    }

    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        let product = (value ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }

    @inline(__always)
    private static func place(_ packed: UInt64) -> Int {
        Int(truncatingIfNeeded: mix(packed) >> 1)
    }

    /// The number of slots for `cells` cells.
    private func size(for cells: Int) -> Int {
        var size = 16
        while size < cells * 2 + 2 { size *= 2 }
        return size
    }

    private func rebuildSlots(_ size: Int) {
        slots.deallocate()
        slots = Self.emptySlots(size)
        let packedKeys = keys.withUnsafeBufferPointer { keys -> [UInt64] in
            guard let base = keys.baseAddress else { return [UInt64](repeating: 0, count: count) }
            return (0..<count).map { pack(base + $0 * dimensionCount) }
        }
        for cell in 0..<count where cell != other { put(packedKeys[cell], cell: cell) }
    }

    /// Reserves space for as many cells as the previous bucket had.
    func reserve(_ cells: Int) {
        keys.reserveCapacity(cells * dimensionCount)
        changed.reserveCapacity(cells)
        if size(for: cells) > slots.count { rebuildSlots(size(for: cells)) }
        for column in columns { column.reserve(cells) }
    }
}
