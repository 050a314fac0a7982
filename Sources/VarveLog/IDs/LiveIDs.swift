// All ids of the log, for the thread that plans groups: tables for unsealed segments, and a view of the runs of sealed ones.

internal import VarveHash

struct LiveIDs: Sendable {
    private let index: IDIndex
    private var view: IDIndex.View
    /// One per unsealed segment, oldest first. New ids go into the last one.
    private var tables: [Table]
    /// Whether the last table holds only ids of a segment that is about to begin.
    private var expectsSegment = false

    private struct Table {
        var ids: IDTable
        /// One past the highest offset in it.
        var end: UInt64 = 0
    }

    init(_ index: IDIndex) {
        self.index = index
        view = index.view
        tables = [Self.table(index)]
    }

    private static func table(_ index: IDIndex) -> Table { Table(ids: IDTable(expected: index.memory.tableEntries)) }

    /// The number of ids in unsealed segments.
    var count: Int { tables.reduce(0) { $0 + $1.ids.count } }

    /// Whether the active segment must end because its table has no room for `count` more ids.
    func isFull(adding count: Int) -> Bool { tables[tables.count - 1].ids.count + count > index.memory.tableEntries }

    /// Adopts the latest view and drops the tables of segments that have been sealed since.
    mutating func refresh() {
        view = index.view
        expectsSegment = false
        tables.removeAll { $0.end <= view.covered }
        if tables.isEmpty { tables.append(Self.table(index)) }
    }

    /// Adds the ids of a batch that are not in the log yet. The first new event gets the offset `first`. Returns the ids that
    /// are known, with the offsets of their events. Nothing is added if this throws.
    mutating func insert(_ ids: BatchIDs, first: UInt64) throws -> [(index: Int, offset: UInt64)] {
        let hashes = ids.hashes
        guard !hashes.isEmpty else { return [] }
        var known = try sealed(hashes)
        if known.isEmpty, tables.count > 1 { known = [UInt64](repeating: IDTable.none, count: hashes.count) }
        for place in tables.indices.dropLast() { tables[place].ids.lookUp(hashes, &known) }
        let last = tables.count - 1
        let duplicates = tables[last].ids.insert(hashes, rows: ids.rows, first: first, known: known)
        // One past the last row that may have been added.
        if duplicates.count < ids.count {
            tables[last].end = max(tables[last].end, first + UInt64(ids.row(ids.count - 1) + 1 - duplicates.count))
        }
        return duplicates
    }

    /// Adds an id that is not in the log yet.
    mutating func insert(_ entry: IDEntry) {
        let last = tables.count - 1
        _ = tables[last].ids.insert(entry.hash, entry.offset)
        tables[last].end = max(tables[last].end, entry.offset + 1)
    }

    /// For each hash the offset of its event in a sealed segment, or `IDTable.none`; empty when no sealed segment has ids. A
    /// damaged run is rebuilt and the lookup repeated.
    private mutating func sealed(_ hashes: [Hash128]) throws -> [UInt64] {
        for _ in 0..<LogLimits.idRepairs {
            do {
                return try find(hashes)
            } catch let damage as IDRunDamage {
                try index.rebuild(damage)
                view = index.view
            }
        }
        throw LogError(.damaged, "runs of ids in \(index.paths.ids) do not read back as they were written")
    }

    private func find(_ hashes: [Hash128]) throws -> [UInt64] {
        if view.runs.isEmpty, view.kept.count == 0 { return [] }
        var found = [UInt64](repeating: IDTable.none, count: hashes.count)
        // Newest run first. An id can be in two runs if the older event is no longer in the log.
        for run in view.runs.reversed() {
            var wanted = run.filter.choose(hashes, notIn: found)
            guard !wanted.isEmpty else { continue }
            try run.find(hashes, &wanted) { place, offset in
                if view.contains(offset) { found[place] = found[place] == IDTable.none ? offset : max(found[place], offset) }
            }
        }
        view.kept.lookUp(hashes, &found)
        return found
    }

    /// Removes the ids of a group that could not be written.
    mutating func remove(_ hashes: [Hash128]) {
        for hash in hashes {
            for place in tables.indices.reversed() where tables[place].ids.remove(hash) != nil { break }
        }
    }

    /// Announces that the next group with new events begins a segment, so that its ids go into a new table right away.
    mutating func expectSegment() {
        if tables[tables.count - 1].ids.count > 0 { tables.append(Self.table(index)) }
        expectsSegment = true
    }

    /// Starts a segment at `offset`. Its ids so far, `hashes`, get a table of their own.
    mutating func begin(at offset: UInt64, _ hashes: [Hash128]) {
        if !expectsSegment || tables[tables.count - 1].ids.count != hashes.count {
            tables.append(Self.table(index))
            gather(hashes)
        }
        for place in tables.indices.dropLast() { tables[place].end = min(tables[place].end, offset) }
        let last = tables.removeLast()
        tables.removeAll { $0.ids.count == 0 }
        tables.append(last)
        expectsSegment = false
    }

    /// Moves the ids into the last table.
    mutating func gather(_ hashes: [Hash128]) {
        let last = tables.count - 1
        // Usually they are the ids that were added last.
        if last > 0, let entries = tables[last - 1].ids.removeLast(hashes) {
            for entry in entries { insert(entry) }
            return
        }
        for hash in hashes {
            for place in tables.indices.dropLast() {
                guard let offset = tables[place].ids.remove(hash) else { continue }
                insert(IDEntry(hash: hash, offset: offset))
                break
            }
        }
    }
}
