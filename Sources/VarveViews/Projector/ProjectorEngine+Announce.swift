internal import VarveDisk
internal import VarveEvents
internal import VarveLog

/// Reporting the projector's position.
extension ProjectorEngine {
    mutating func announceIfDue(running: Bool) throws(ViewError) {
        let hasMoved = announcedOffset != checkpoint.offset
        if hasMoved ? pace.isDue : pace.isHeartbeatDue { try announce(running: running) }
    }

    /// Adopts versions that another process has promoted; the SQL views are named accordingly.
    private mutating func adoptPromotedVersions() throws(ViewError) {
        guard let now = try? versions.all(), now != promoted else { return }
        var commit = StoreCommit(checkpoint: checkpoint)
        commit.promoted = now
        try store.commit(commit)
        promoted = now
    }

    /// Makes the position durable and writes it to the registry, on another thread.
    mutating func announce(running: Bool) throws(ViewError) {
        try refreshLogPosition()
        if let epoch = pace.epoch, epoch != checkpoint.epoch {
            var commit = StoreCommit(checkpoint: checkpoint)
            commit.checkpoint.epoch = epoch
            try store.commit(commit)
            checkpoint = commit.checkpoint
        }
        try adoptPromotedVersions()
        let speed = pace.announce()
        try registryUpdater.update(
            RegisteredProjector(
                name: name, offset: checkpoint.offset, updated: Timestamp(nanoseconds: wallClockNanoseconds()),
                state: progress.paused != nil ? .paused : running ? .running : .stopped, eventsPerSecond: speed))
        announcedOffset = checkpoint.offset
    }
}
