// All ids of the log, for the thread that plans groups: tables of what is not sealed, and a view of the runs of what is.

internal import VarveHash

struct LiveIDs: Sendable {
    private let index: IDIndex
    private var view: IDIndex.View
    /// Per segment that is not sealed, oldest first. The last one takes new ids.
    private var tables: [Table] = [Table()]

    private struct Table {
        var ids = IDTable()
        /// One past the highest offset in it.
        var end: UInt64 = 0
    }

    init(_ index: IDIndex) {
        self.index = index
        view = index.view
    }

    /// How many ids wait for their segment to be sealed.
    var count: Int { tables.reduce(0) { $0 + $1.ids.count } }

    /// The segment is to be ended: its table has no room.
    var isFull: Bool { tables[tables.count - 1].ids.count > index.memory.tableEntries }

    /// Looks at what was sealed meanwhile.
    mutating func refresh() {
        view = index.view
        for place in tables.indices where tables[place].end > 0 && tables[place].end <= view.covered { tables[place] = Table() }
        tables.removeAll { $0.end == 0 }
        if tables.isEmpty { tables.append(Table()) }
    }

    /// Of each hash the offset of its event in a sealed segment, or nil. A run that is damaged is made anew.
    mutating func sealed(_ hashes: [Hash128]) throws -> [UInt64?] {
        for _ in 0..<LogLimits.idRepairs {
            do {
                return try find(hashes)
            } catch let damage as IDRunDamage {
                try index.mend(damage)
                view = index.view
            }
        }
        throw LogError(.damaged, "runs of ids in \(index.paths.ids) do not read back as they are written")
    }

    private func find(_ hashes: [Hash128]) throws -> [UInt64?] {
        var found = [UInt64?](repeating: nil, count: hashes.count)
        var wanted: [Int32] = []
        // Newest first. An id can be in two when the older event is not there any more.
        for run in view.runs.reversed() {
            wanted.removeAll(keepingCapacity: true)
            for place in hashes.indices where found[place] == nil && run.filter.mayHold(hashes[place]) {
                wanted.append(Int32(truncatingIfNeeded: place))
            }
            guard !wanted.isEmpty else { continue }
            try run.find(hashes, &wanted) { place, offset in
                if view.isThere(offset) { found[place] = max(found[place] ?? 0, offset) }
            }
        }
        if view.kept.count > 0 {
            for place in hashes.indices where found[place] == nil { found[place] = view.kept.offset(of: hashes[place]) }
        }
        return found
    }

    /// Adds an id that is in no sealed segment, unless it is known; then returns the offset of the event that has it.
    mutating func insert(_ hash: Hash128, _ offset: UInt64) -> UInt64? {
        for place in tables.indices.dropLast() {
            if let known = tables[place].ids.offset(of: hash) { return known }
        }
        let last = tables.count - 1
        if let known = tables[last].ids.insert(hash, offset) { return known }
        tables[last].end = max(tables[last].end, offset + 1)
        return nil
    }

    /// Forgets ids of a group that could not be written.
    mutating func remove(_ hashes: [Hash128]) {
        for hash in hashes {
            for place in tables.indices.reversed() where tables[place].ids.remove(hash) != nil { break }
        }
    }

    /// A segment begins at `offset`: ids from there on, which are `hashes`, get a table of their own.
    mutating func begin(at offset: UInt64, _ hashes: [Hash128]) {
        tables.append(Table())
        gather(hashes)
        for place in tables.indices.dropLast() { tables[place].end = min(tables[place].end, offset) }
        let last = tables.removeLast()
        tables.removeAll { $0.ids.count == 0 }
        tables.append(last)
    }

    /// Moves ids into the last table.
    mutating func gather(_ hashes: [Hash128]) {
        let last = tables.count - 1
        for hash in hashes {
            for place in tables.indices.dropLast() {
                guard let offset = tables[place].ids.remove(hash) else { continue }
                _ = tables[last].ids.insert(hash, offset)
                tables[last].end = max(tables[last].end, offset + 1)
                break
            }
        }
    }
}
