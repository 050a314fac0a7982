// Merging of runs, on the thread that seals, and mending of those that turn out damaged. Runs as they are serve too: what fails
// is reported, and tried again when the next segment is sealed.

internal import VarveDisk
internal import VarveEvents

extension IDIndex {
    /// Merges by about so many entries. What fails is tried again when the next segment is sealed: runs as they are serve too.
    func tidy(_ entries: Int) {
        work.withLock { merge in
            do {
                if merge == nil { merge = try nextMerge() }
                try advance(&merge, entries)
                errors.settle("merge ids")
            } catch {
                merge?.discard()
                merge = nil
                errors.report("merge ids", "runs of ids stay as they are: \((error as? IDRunDamage)?.reason ?? "\(error)")")
                if let damage = error as? IDRunDamage { remakeIfPossible(damage) }
            }
        }
    }

    private func remakeIfPossible(_ damage: IDRunDamage) {
        do {
            try remake(damage.offsets)
        } catch {
            errors.report("merge ids", "the run of ids of \(damage.offsets) cannot be made anew: \(LogError(error).message)")
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

    /// Puts runs in the place of others, and removes the files of those.
    func replace(_ old: [IDRun], by new: [IDRun]) {
        let gone = Set(old.map(\.file.path)).subtracting(new.map(\.file.path))
        learn { view in
            view.runs.removeAll { run in old.contains { $0.offsets == run.offsets } }
            view.runs += new
            view.runs.sort { $0.offsets.lowerBound < $1.offsets.lowerBound }
        }
        for path in gone { remove(path) }
    }

    /// Removes a run that nobody needs; the next start removes what is left.
    func remove(_ path: String) {
        do throws(DiskError) {
            try disk.remove(path)
        } catch {
            if error.code != .notFound { errors.report("ids", "a run that is not needed any more stays: \(error)") }
        }
    }

    /// Stops merging; what was not finished is begun anew by the next writer.
    func close() {
        work.withLock { merge in
            merge?.discard()
            merge = nil
        }
    }

    /// Finds the runs of the sealed segments, and makes what is missing. Returns how many segments had to be read for that, and
    /// those that the disk does not read: they do not keep a log from being written.
    func load() throws -> (read: Int, unreadable: [DamagedRange]) {
        let manifest = keeper.manifest
        let found = try IDRunFiles(disk, paths).load(manifest)
        current.withLock(notify: false) { $0 = View(runs: found, covered: manifest.sealedEnd.value) }
        learn()
        let made = try work.withLock { _ in try make(manifest.segments, mustRead: false) }
        // As many as a writer holds open. What cannot be merged now can be later.
        var count = Int.max
        while view.runs.count > LogLimits.idRuns, view.runs.count < count {
            count = view.runs.count
            tidy(.max)
        }
        return made
    }

    /// Makes a run anew that turned out damaged.
    func mend(_ damage: IDRunDamage) throws {
        try work.withLock { merge in
            merge?.discard()
            merge = nil
            try remake(damage.offsets)
        }
    }

    /// Reads the segments of these offsets and puts new runs in the place of the one that is damaged.
    func remake(_ offsets: Range<UInt64>) throws {
        let old = view.runs.filter { $0.offsets == offsets }
        guard !old.isEmpty else { return }
        let segments = keeper.manifest.segments.filter {
            $0.ids > 0 && $0.first.value >= offsets.lowerBound && $0.end.value <= offsets.upperBound
        }
        replace(old, by: try runs(of: segments).runs)
    }
}
