internal import VarveHash

// A state as bytes (docs/format/state.md). All numbers little-endian; buckets ascending; cells by their key bytes.
//
//     ┌ magic "VVST" ┬ version u16 = 1 ┬ level u8 ┬ 0 u8 ┬ fingerprint 32 ┬ number of buckets u32 ┐
//     └──────────────┴─────────────────┴──────────┴──────┴────────────────┴───────────────────────┘
//     per bucket   number i64 │ cells u32 │ length of the cells u64
//     per cell     length u32 │ key bytes │ length u32 │ one state per measure, in the definition's order

private let magic: UInt32 = 0x5453_5656

private let version: UInt16 = 1

extension ViewState {
    /// The state as bytes: equal for equal sets of events.
    public func canonicalBytes() -> [UInt8] {
        var out = StateWriter()
        writeCanonical(&out) { _ in }
        return out.bytes
    }

    /// Adds the state's bytes to `hasher`, bucket by bucket: they are never in memory as a whole.
    func hash(into hasher: inout SHA256Hasher) {
        var out = StateWriter()
        writeCanonical(&out) { out in
            hasher.update(out.bytes)
            out.bytes.removeAll(keepingCapacity: true)
        }
    }

    /// Writes the state's bytes; after each bucket `pass` may consume what has been written.
    private func writeCanonical(_ out: inout StateWriter, _ pass: (inout StateWriter) -> Void) {
        let exact = exactlyFolded()
        exact.store.settle()
        out.fixed(magic)
        out.fixed(version)
        out.fixed(level.rawValue)
        out.fixed(UInt8(0))
        out.bytes += definition.fingerprint.bytes
        out.fixed(UInt32(truncatingIfNeeded: exact.store.sortedBuckets.count))
        exact.forEachBucket(of: exact.store.sortedBuckets) { number, cells, write in
            out.fixed(number)
            out.fixed(UInt32(truncatingIfNeeded: cells))
            let lengthAt = out.bytes.count
            out.fixed(UInt64(0))
            let start = out.bytes.count
            write(&out)
            out.patch(UInt64(out.bytes.count - start), at: lengthAt)
            pass(&out)
        }
        pass(&out)
    }

    /// For each bucket its number, its number of cells, and a closure that writes them, in canonical order.
    func forEachBucket(
        of buckets: some Sequence<(number: Int64, cells: BucketCells)>, _ body: (Int64, Int, (inout StateWriter) -> Void) -> Void
    ) {
        let ranks = store.interners.map { $0.ranks() }
        for (number, cells) in buckets {
            body(number, cells.count) { out in
                for cell in cells.sorted(ranks) { write(cells, cell, &out) }
            }
        }
    }

    private func write(_ cells: BucketCells, _ cell: Int, _ out: inout StateWriter) {
        out.block(cells.keyBytes(cell, store.interners))
        let lengthAt = out.bytes.count
        out.fixed(UInt32(0))
        cells.encode(cell, &out)
        out.patch(UInt32(truncatingIfNeeded: out.bytes.count - lengthAt - 4), at: lengthAt)
    }

    /// This state with exactly the number of keys that the budget allows.
    public func exactlyFolded() -> ViewState {
        let kept = store.definition.keysKept
        guard store.buckets.values.contains(where: { $0.count > kept }) else { return self }
        let copy = store.copy()
        copy.foldOverfull(copy.buckets.keys, exactly: true)
        return ViewState(store: copy)
    }

    /// Reads canonical bytes, strictly: damaged or foreign bytes are an error, never a trap. Buckets outside `buckets` are
    /// skipped.
    public init(
        canonicalBytes bytes: [UInt8], definition: ViewDefinition, buckets wanted: ClosedRange<Int64>? = nil
    ) throws(StateError) {
        var reader = StateReader(bytes)
        guard try reader.fixed(UInt32.self) == magic, try reader.fixed(UInt16.self) == version else {
            throw StateError(.notAState, "it does not start as one of version \(version)", at: 0)
        }
        guard let level = BucketLevel(rawValue: try reader.fixed(UInt8.self)), try reader.fixed(UInt8.self) == 0 else {
            throw StateError(.notAState, "its bucket level is not known", at: 6)
        }
        guard Array(bytes[try reader.take(32)]) == definition.fingerprint.bytes else {
            throw StateError(.otherDefinition, "it belongs to another definition than \(definition.name)", at: 8)
        }
        self.init(definition, level: level)
        var previous: Int64?
        for _ in 0..<(try reader.fixed(UInt32.self)) {
            let number = try reader.fixed(Int64.self)
            if let previous, number <= previous { throw reader.fail("buckets out of order") }
            previous = number
            let count = try reader.fixed(UInt32.self)
            guard let length = Int(exactly: try reader.fixed(UInt64.self)), count > 0 else {
                throw reader.fail("an empty bucket")
            }
            let range = try reader.take(length)
            if let wanted, !wanted.contains(number) { continue }
            var cells = StateReader(bytes, range)
            try read(bucket: number, count: Int(count), &cells)
        }
        try reader.finish()
        store.changedBuckets = []
    }

    /// Reads canonical bytes of another definition of the same `form`, which the caller has checked.
    public init(
        canonicalBytes bytes: [UInt8], ofSameForm definition: ViewDefinition, buckets: ClosedRange<Int64>? = nil
    ) throws(StateError) {
        guard bytes.count >= 40 else { throw StateError(.truncated, "\(bytes.count) bytes", at: 0) }
        var own = bytes
        own.replaceSubrange(8..<40, with: definition.fingerprint.bytes)
        try self.init(canonicalBytes: own, definition: definition, buckets: buckets)
    }

    private mutating func read(bucket number: Int64, count: Int, _ reader: inout StateReader) throws(StateError) {
        let cells = BucketCells(definition, dimensionCount: definition.dimensions.count)
        var previous: [UInt8] = []
        for index in 0..<count {
            let key = Array(reader.bytes[try reader.block()])
            guard index == 0 || previous.lexicographicallyPrecedes(key) else { throw reader.fail("cells out of order") }
            let state = try reader.block()
            try decode(key, StateReader(reader.bytes, state), into: cells)
            previous = key
        }
        try reader.finish()
        let own = cells.count - (cells.other == nil ? 0 : 1)
        guard own <= cells.keysKept, own == cells.keysKept || cells.other == nil else {
            throw reader.fail("\(own) cells where \(cells.keysKept) are kept")
        }
        cells.changed = [Bool](repeating: false, count: cells.count)
        store.buckets[number] = cells
    }

    /// Adds one cell, which must be new, from its key and state bytes.
    private mutating func decode(_ key: [UInt8], _ state: StateReader, into cells: BucketCells) throws(StateError) {
        let before = cells.count
        let cell: Int
        if key == KeyBytes.other {
            cell = cells.otherCell()
        } else {
            var reader = StateReader(key)
            var ids: [UInt32] = []
            for index in store.interners.indices {
                let start = reader.position
                _ = try KeyBytes.read(&reader)
                ids.append(store.interners[index].intern(Array(key[start..<reader.position])))
            }
            try reader.finish()
            cell = ids.withUnsafeBufferPointer { cells.cell($0) }
        }
        guard cells.count == before + 1 else { throw state.fail("one cell twice") }
        var state = state
        for column in cells.columns { try column.decode(cell, &state) }
        try state.finish()
    }

    /// A state from stored cells, in any order.
    public init(_ definition: ViewDefinition, level: BucketLevel, cells: some Sequence<CellState>) throws(StateError) {
        self.init(definition, level: level)
        for cell in cells {
            let bucket = store.buckets[cell.bucket] ?? BucketCells(definition, dimensionCount: definition.dimensions.count)
            store.buckets[cell.bucket] = bucket
            try decode(cell.key, StateReader(cell.state), into: bucket)
            bucket.changed[bucket.count - 1] = false
        }
        store.changedBuckets = []
    }

    /// All cells in canonical order.
    public func cells() -> [CellState] {
        let exact = exactlyFolded()
        exact.store.settle()
        let ranks = exact.store.interners.map { $0.ranks() }
        return exact.store.sortedBuckets.flatMap { number, cells in
            cells.sorted(ranks).map { exact.cellState(number, cells, $0) }
        }
    }

    func cellState(_ number: Int64, _ cells: BucketCells, _ cell: Int) -> CellState {
        var out = StateWriter()
        cells.encode(cell, &out)
        return CellState(bucket: number, key: cells.keyBytes(cell, store.interners), state: out.bytes)
    }

    /// The dimension values of a cell's key, in definition order; nil for combinations folded by the budget.
    public static func dimensionValues(ofKey key: [UInt8]) throws(StateError) -> [ViewValue]? {
        if key == KeyBytes.other { return nil }
        var reader = StateReader(key)
        var values: [ViewValue] = []
        while !reader.isAtEnd { values.append(try KeyBytes.read(&reader)) }
        return values
    }
}
