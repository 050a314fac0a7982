// Merging of id runs on the sealing thread, and rebuilding of damaged ones. The index works with unmerged runs too, so a failed
// merge is only reported and is retried when the next segment is sealed.

internal import VarveDisk
internal import VarveEvents

extension IDIndex {
    /// Merges about `entries` entries. A failure is reported and retried when the next segment is sealed.
    func advanceMerging(_ entries: Int) {
        work.withLock { merge in
            do {
                if merge == nil { merge = try nextMerge() }
                try advance(&merge, entries)
                errors.resolve("merge ids")
            } catch {
                merge?.discard()
                merge = nil
                errors.report("merge ids", "runs of ids were not merged: \((error as? IDRunDamage)?.reason ?? "\(error)")")
                if let damage = error as? IDRunDamage { rebuildIfPossible(damage) }
            }
        }
    }

    private func rebuildIfPossible(_ damage: IDRunDamage) {
        do {
            try rebuildRuns(damage.offsets)
        } catch {
            errors.report("merge ids", "the run of ids of \(damage.offsets) cannot be rebuilt: \(LogError(error).message)")
        }
    }

    private func advance(_ merge: inout IDMerge?, _ entries: Int) throws {
        guard try merge?.step(entries) == true else { return }
        let inputs = merge?.inputs ?? []
        let merged = try merge?.finish()
        merge = nil
        replace(inputs, by: merged.map { [$0] } ?? [])
    }

    private func nextMerge() throws -> IDMerge? {
        let view = view
        let sizes = view.runs.map { IDMergePlan.Run(offsets: $0.offsets, count: $0.count, isFixed: !$0.footer.isComplete) }
        guard let window = IDMergePlan.window(sizes, floor: view.floor, gaps: gaps(view)) else { return nil }
        let inputs = Array(view.runs[window])
        let bits = bits(for: inputs.reduce(0) { $0 + $1.count })
        return try IDMerge(inputs, disk, paths, floor: view.floor, bitsPerKey: bits)
    }

    /// Replaces runs by others and removes the files that are no longer used.
    func replace(_ old: [IDRun], by new: [IDRun]) {
        let gone = Set(old.map(\.file.path)).subtracting(new.map(\.file.path))
        update { view in
            view.runs.removeAll { run in old.contains { $0.offsets == run.offsets } }
            view.runs += new
            view.runs.sort { $0.offsets.lowerBound < $1.offsets.lowerBound }
        }
        for path in gone { remove(path) }
    }

    /// Removes the file of an unused run. If that fails, the next start removes it.
    func remove(_ path: String) {
        do throws(DiskError) {
            try disk.remove(path)
        } catch {
            if error.code != .notFound { errors.report("ids", "an unused run could not be removed: \(error)") }
        }
    }

    /// Stops merging. An unfinished merge is started again by the next writer.
    func close() {
        work.withLock { merge in
            merge?.discard()
            merge = nil
        }
    }

    /// Opens the runs of the sealed segments and rebuilds missing ones. Returns how many segments had to be read for that, and
    /// the segments that the disk could not read; these do not prevent writing.
    func load() throws -> (read: Int, unreadable: [DamagedRange]) {
        let manifest = manifestStore.manifest
        let found = try IDRunFiles(disk, paths).load(manifest)
        current.withLock(notify: false) { $0 = View(runs: found, covered: manifest.sealedEnd.value) }
        update()
        let made = try work.withLock { _ in try make(manifest.segments, mustRead: false) }
        // Merge until there are no more runs than a writer keeps open. What cannot be merged now is merged later.
        var count = Int.max
        while view.runs.count > LogLimits.idRuns, view.runs.count < count {
            count = view.runs.count
            advanceMerging(.max)
        }
        return made
    }

    /// Rebuilds a damaged run.
    func rebuild(_ damage: IDRunDamage) throws {
        try work.withLock { merge in
            merge?.discard()
            merge = nil
            try rebuildRuns(damage.offsets)
        }
    }

    /// Reads the segments of these offsets and replaces the damaged run by new ones.
    func rebuildRuns(_ offsets: Range<UInt64>) throws {
        let old = view.runs.filter { $0.offsets == offsets }
        guard !old.isEmpty else { return }
        let segments = manifestStore.manifest.segments.filter {
            $0.ids > 0 && $0.first.value >= offsets.lowerBound && $0.end.value <= offsets.upperBound
        }
        replace(old, by: try runs(of: segments).runs)
    }
}
