// What a power cut leaves: an outcome chosen by a seed among those that POSIX allows.

extension SeededRandom {
    /// True `times` in `outOf`.
    public mutating func chance(_ times: UInt64, in outOf: UInt64) -> Bool { next() % outOf < times }
}

extension DiskState {
    /// The unit that a disk writes as a whole.
    private static let sector = 512

    /// How much of the pending work of one file or of the directories was done.
    private enum Outcome: CaseIterable {
        case nothing, everything, prefix, anySubset
    }

    func crashed(seed: UInt64) -> DiskState {
        var random = SeededRandom(seed: seed)
        var next = self
        next.entries = durableEntries
        switch Outcome.allCases.randomElement(using: &random) ?? .nothing {
        case .nothing: break
        case .everything: for change in pendingEntries { change.apply(to: &next.entries) }
        case .prefix:
            for change in pendingEntries.prefix(Int.random(in: 0...pendingEntries.count, using: &random)) {
                change.apply(to: &next.entries)
            }
        case .anySubset: for change in pendingEntries where random.chance(1, in: 2) { change.apply(to: &next.entries) }
        }
        next.dropOrphans()
        next.durableEntries = next.entries
        next.pendingEntries = []
        for node in Set(next.entries.values).sorted() {
            if !nodes[node].pending.isEmpty || nodes[node].isSuspect {
                next.nodes[node].bytes = Self.survivors(nodes[node], &random)
            }
            next.nodes[node].durable = next.nodes[node].bytes
            next.nodes[node].pending = []
            next.nodes[node].isSuspect = false
        }
        next.endProcess()
        return next
    }

    /// Entries whose directory was lost go with it, and what has no entry needs no memory.
    private mutating func dropOrphans() {
        for path in entries.keys.sorted() {
            var parent = path
            while let slash = parent.utf8.lastIndex(of: UInt8(ascii: "/")), slash != parent.startIndex {
                parent = String(parent[..<slash])
                if entries[parent] == nil {
                    entries[path] = nil
                    break
                }
            }
        }
        let used = Set(entries.values)
        for node in nodes.indices where !used.contains(node) { nodes[node] = DiskNode() }
    }

    private static func survivors(_ node: DiskNode, _ random: inout SeededRandom) -> [UInt8] {
        var bytes = node.durable
        let outcome = Outcome.allCases.randomElement(using: &random) ?? .nothing
        switch outcome {
        case .nothing: break
        case .everything: for change in node.pending { change.apply(to: &bytes) }
        case .prefix:
            let whole = node.pending.isEmpty ? 0 : Int.random(in: 0..<node.pending.count, using: &random)
            for change in node.pending.prefix(whole) { change.apply(to: &bytes) }
            if whole < node.pending.count { applySectors(node.pending[whole], to: &bytes, &random, inOrder: true) }
        case .anySubset:
            for change in node.pending { applySectors(change, to: &bytes, &random, inOrder: false) }
        }
        return bytes
    }

    /// Some of the sectors of a change: the first ones, or any. The file may have grown to its new size over zeros.
    private static func applySectors(
        _ change: DiskNode.Pending, to bytes: inout [UInt8], _ random: inout SeededRandom, inOrder: Bool
    ) {
        guard case .write(let position, let new) = change else {
            if random.chance(1, in: 2) { change.apply(to: &bytes) }
            return
        }
        if random.chance(1, in: 4), bytes.count < position + new.count {
            DiskNode.Pending.truncate(position + new.count).apply(to: &bytes)
        }
        var start = 0
        let stop = inOrder ? Int.random(in: 0...new.count, using: &random) : new.count
        while start < stop {
            let end = min(stop, (position + start) / sector * sector + sector - position)
            if inOrder || random.chance(1, in: 2) {
                DiskNode.Pending.write(position + start, Array(new[start..<end])).apply(to: &bytes)
            }
            start = end
        }
    }
}
