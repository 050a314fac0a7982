// Removing what is past its time: bases and kept events first, then a manifest without the segments, durable, and only then the
// files. A crash leaves the old state, or files below R that nobody reads and the next run removes.

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

    /// Why `retain` would refuse without confirmation; nil when it would not.
    public func objection(_ request: RetentionRequest) throws(LogError) -> String? {
        let memory = try typed { try RetentionFile.read(disk, paths) }
        if keeper.manifest.isRebuilt {
            return "both manifests of this log were lost once, and with them all pins and the signals that stay longer"
        }
        if request.limit < memory.limit {
            return "events stayed \(Self.days(memory.limit)) days so far and would stay \(Self.days(request.limit))"
        }
        if request.now == nil, let jump = memory.jump(to: request.clock) {
            return "the clock has gone \(Self.days(jump)) days further than this machine has run since the last retention: "
                + "it may be wrong"
        }
        return nil
    }

    /// Removes what is past the limit. When R is to move, `bases` is asked for the view states at the new R, while everything is
    /// still there to be read; they are durable before anything goes. Without it, a log that has bases is left as it is.
    ///
    /// - Throws: `.refused` when there is an objection and the request is not confirmed, or when `bases` cannot give what is
    ///   asked: then nothing was changed.
    public func retain(
        _ request: RetentionRequest, bases: ((BaseRequest) throws -> [BaseBlob])? = nil
    ) throws(LogError) -> RetentionPlan {
        if !request.isConfirmed, let objection = try objection(request) { throw LogError(.refused, objection) }
        var plan = try planRetention(request)
        try typed {
            let manifest = keeper.manifest
            var kept = manifest.kept
            if !plan.removed.isEmpty {
                kept = try keepEvents(plan, manifest, request.moment)
                try remove(plan, ask(bases, plan), kept, manifest.rules)
            }
            plan.kept = Self.count(kept)
            let old = try RetentionFile.read(disk, paths)
            let clock = request.now == nil ? request.clock : old.clock
            try RetentionFile.write(RetentionMemory(clock: clock, limit: request.limit), disk, paths)
        }
        return plan
    }

    /// The bases at the new R. Nil when there are no views to keep.
    private func ask(_ bases: ((BaseRequest) throws -> [BaseBlob])?, _ plan: RetentionPlan) throws -> [BaseBlob]? {
        let previous = try Bases(disk, paths).current { try $0.all() }
        guard let bases else {
            if previous.blobs.isEmpty { return nil }
            throw LogError(.refused, "the log has view states at offset \(previous.boundary) and nobody gives those at the new R")
        }
        do {
            return try bases(BaseRequest(from: previous.boundary, to: Offset(plan.retained), previous: previous))
        } catch {
            if let error = error as? LogError { throw error }
            throw LogError(.refused, "no view states at offset \(plan.retained), so nothing is removed: \(error)")
        }
    }

    private func remove(
        _ plan: RetentionPlan, _ bases: [BaseBlob]?, _ kept: [SegmentRecord], _ rules: [RetentionRule]
    ) throws {
        let end = Offset(plan.retained)
        let base = try bases.flatMap { blobs in
            blobs.isEmpty ? nil : try Bases(disk, paths).write(blobs, keeper.manifest.store, at: end)
        }
        var (isPinned, hasOtherRules) = (false, false)
        try keeper.change { manifest in
            guard end > manifest.retained else { return }
            // Somebody may have pinned events since the plan was made.
            isPinned = manifest.pins.contains { $0.offsets.overlaps(manifest.retained.value..<end.value) }
            hasOtherRules = manifest.rules != rules
            guard !isPinned, !hasOtherRules else { return }
            manifest.isRebuilt = false
            manifest.retainedChain = manifest.segments.last { $0.end <= end }?.chainOut ?? manifest.retainedChain
            manifest.segments.removeAll { $0.end <= end }
            manifest.damaged.removeAll { $0.offsets.upperBound <= end.value }
            manifest.retained = end
            manifest.base = base
            manifest.kept = kept
        }
        if isPinned { throw LogError(.refused, "events below offset \(end) were pinned meanwhile; nothing was removed") }
        if hasOtherRules { throw LogError(.refused, "what is to be kept was changed meanwhile; nothing was removed") }
        for name in try disk.list(paths.log).sorted() {
            if let first = StorePaths.segmentStart(name), first < end { try disk.remove(paths.log + "/" + name) }
        }
        try Bases(disk, paths).removeOthers(keeper.manifest)
        try KeptFiles(disk, paths).removeOthers(keeper.manifest)
        // Runs of ids are derived: what cannot be removed now is not read either.
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

/// `log/retention`: 64 bytes, replaced as a whole. Derived knowledge: when it is damaged or gone, the next retention has no
/// clock to compare with and takes thirty days for what was usual.
///
///     VARVERTN · version u32 · has clock u32 · limit i64 · wall i64 · since start i64 · start u64 · zero u64 · XXH3-64 <8b>
enum RetentionFile {
    private static let magic = magicNumber("VARVERTN")
    private static let version: UInt32 = 1
    private static let size = 64

    static func write(_ memory: RetentionMemory, _ disk: any Disk, _ paths: StorePaths) throws {
        var out = BytesOut(reserving: size)
        out.put(magic)
        out.put(version)
        out.put(UInt32(memory.clock == nil ? 0 : 1))
        out.put(memory.limit)
        out.put(memory.clock?.wall ?? 0)
        out.put(memory.clock?.sinceStart ?? 0)
        out.put(memory.clock?.start ?? 0)
        out.put(UInt64(0))
        out.seal()
        try disk.replace(paths.retention, with: out.bytes)
    }

    static func read(_ disk: any Disk, _ paths: StorePaths) throws -> RetentionMemory {
        guard try disk.kind(paths.retention) != nil else { return RetentionMemory() }
        let bytes = try disk.openFile(paths.retention).read(size, at: 0)
        return (try? bytes.withUnsafeBytes { try parse($0) }) ?? RetentionMemory()
    }

    private static func parse(_ raw: UnsafeRawBufferPointer) throws -> RetentionMemory {
        guard raw.count == size else { throw FormatError(.truncated, "\(raw.count) bytes") }
        try BytesIn.checkSeal(raw, "the retention file")
        var reader = BytesIn(raw, "retention file")
        guard try reader.take() == magic, try reader.take() == version else {
            throw FormatError(.newerVersion, "another version")
        }
        let hasClock: UInt32 = try reader.take()
        let limit: Int64 = try reader.take()
        let clock = ClockReading(wall: try reader.take(), sinceStart: try reader.take(), start: try reader.take())
        return RetentionMemory(clock: hasClock == 0 ? nil : clock, limit: limit)
    }
}
