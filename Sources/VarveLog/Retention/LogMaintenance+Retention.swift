// Removing expired segments: bases and kept events are written first, then a manifest without the segments, durably, and only
// then are files removed. A crash leaves the old state, or unused files below R that the next run removes.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

extension LogMaintenance {
    /// What `retain` would remove.
    public func planRetention(_ request: RetentionRequest) throws(LogError) -> RetentionPlan {
        try typed {
            let layout = try LogLayout(disk, paths)
            return RetentionPlan(
                try layout.segments(durable: layout.manifest.sealedEnd), retained: layout.manifest.retained.value,
                now: request.moment, limit: request.limit, hold: request.hold,
                pins: request.pins + layout.manifest.pins.map(\.offsets))
        }
    }

    /// Why `retain` would refuse without confirmation; nil when it would proceed.
    public func objection(_ request: RetentionRequest) throws(LogError) -> String? {
        if manifestStore.manifest.isRebuilt {
            return "both manifests of this log were lost, and with them all pins, the rules that keep events longer, the "
                + "registered projectors, and the retention limit"
        }
        guard let memory = try typed({ try memory() }) else {
            return "the previous retention limit cannot be read from \(paths.retention)"
        }
        if request.limit < memory.limit {
            return "events were kept \(Self.days(memory.limit)) days so far and would be kept \(Self.days(request.limit))"
        }
        if request.now == nil, let jump = memory.jump(to: request.clock) {
            return "the clock has advanced \(Self.days(jump)) days more than this machine has run since the last retention: "
                + "it may be wrong"
        }
        return nil
    }

    /// Removes segments past the limit. When R moves, `bases` is called for the view states at the new R while all events can
    /// still be read; they are durable before anything is removed.
    ///
    /// - Throws: `.refused` when there is an objection and the request is not confirmed, when `bases` fails, or when it is
    ///   missing although the log has bases or registered projectors. Nothing is changed then.
    public func retain(
        _ request: RetentionRequest, bases: ((BaseRequest) throws -> [BaseBlob])? = nil
    ) throws(LogError) -> RetentionPlan {
        if !request.isConfirmed, let objection = try objection(request) { throw LogError(.refused, objection) }
        return try typed {
            // A full disk must not prevent the retention that would free space on it.
            let reserve = Reserve(disk, paths)
            let wasFull = reserve.releaseIfFull()
            defer { if wasFull { reserve.make() } }
            return try reserve.retrying { try run(request, bases) }
        }
    }

    private func run(
        _ request: RetentionRequest, _ bases: ((BaseRequest) throws -> [BaseBlob])?
    ) throws -> RetentionPlan {
        if manifestStore.manifest.isRebuilt { try confirmRebuilt() }
        var plan = try planRetention(request)
        let manifest = manifestStore.manifest
        let clock = request.now == nil ? request.clock : try memory()?.clock
        let memory = RetentionMemory(clock: clock, limit: request.limit)
        var kept = manifest.kept
        if !plan.removed.isEmpty {
            kept = try keepEvents(plan, manifest, request.moment)
            try remove(plan, requestBases(bases, plan), kept, manifest.rules, memory)
        }
        plan.kept = Self.count(kept)
        try manifestStore.changeIf { manifest in
            defer { manifest.retention = memory }
            return manifest.retention != memory
        }
        return plan
    }

    /// The state of the last retention: from the manifest, or, in a log before manifest version 4, from a file of its own. Nil
    /// when that cannot be read.
    private func memory() throws -> RetentionMemory? {
        if let memory = manifestStore.manifest.retention { return memory }
        return try RetentionFile.read(disk, paths)
    }

    /// Asks for the bases at the new R. Nil when there are no views to keep.
    private func requestBases(_ bases: ((BaseRequest) throws -> [BaseBlob])?, _ plan: RetentionPlan) throws -> [BaseBlob]? {
        let previous = try Bases(disk, paths).current { try $0.all() }
        guard let bases else {
            if previous.blobs.isEmpty, manifestStore.manifest.projectors.isEmpty { return nil }
            if let name = manifestStore.manifest.projectors.first, previous.blobs.isEmpty {
                throw LogError(.refused, "projector \(name) is registered, but no view states were supplied for the new R")
            }
            throw LogError(
                .refused, "the log has view states at offset \(previous.boundary), but none were supplied for the new R")
        }
        do {
            return try bases(BaseRequest(from: previous.boundary, to: Offset(plan.retained), previous: previous))
        } catch {
            if let error = error as? LogError { throw error }
            throw LogError(.refused, "no view states at offset \(plan.retained), so nothing is removed: \(error)")
        }
    }

    private func remove(
        _ plan: RetentionPlan, _ bases: [BaseBlob]?, _ kept: [SegmentRecord], _ rules: [RetentionRule],
        _ memory: RetentionMemory
    ) throws {
        let end = Offset(plan.retained)
        let base = try bases.flatMap { blobs in
            blobs.isEmpty ? nil : try Bases(disk, paths).write(blobs, manifestStore.manifest.store, at: end)
        }
        var (isPinned, hasOtherRules) = (false, false)
        try manifestStore.change { manifest in
            guard end > manifest.retained else { return }
            // Pins may have been added since the plan was made.
            isPinned = manifest.pins.contains { $0.offsets.overlaps(manifest.retained.value..<end.value) }
            hasOtherRules = manifest.rules != rules
            guard !isPinned, !hasOtherRules else { return }
            manifest.retainedChain = manifest.segments.last { $0.end <= end }?.chainOut ?? manifest.retainedChain
            manifest.segments.removeAll { $0.end <= end }
            manifest.damaged.removeAll { $0.offsets.upperBound <= end.value }
            manifest.retained = end
            manifest.base = base
            manifest.kept = kept
            manifest.retention = memory
        }
        if isPinned { throw LogError(.refused, "events below offset \(end) were pinned meanwhile; nothing was removed") }
        if hasOtherRules { throw LogError(.refused, "the rules were changed meanwhile; nothing was removed") }
        for path in try expired(manifestStore.manifest) { try disk.remove(path) }
        try Bases(disk, paths).removeOthers(manifestStore.manifest)
        try KeptFiles(disk, paths).removeOthers(manifestStore.manifest)
        // Runs of ids are derived data: a run that cannot be removed now is not used any more either.
        for name in (try? disk.list(paths.ids)) ?? [] {
            guard let ids = StorePaths.idRunOffsets(name), ids.upperBound <= end.value else { continue }
            try? disk.remove(paths.ids + "/" + name)
        }
    }

    private static func days(_ nanoseconds: Int64) -> String {
        let tenths = nanoseconds / (86_400 * 100_000_000)
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
    }
}
