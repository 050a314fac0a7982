internal import VarveDisk
internal import VarveEvents
internal import VarveLog

/// Telling where the projector is.
extension ProjectorEngine {
    mutating func announceIfDue(running: Bool) throws(ViewError) {
        let hasMoved = announcedOffset != checkpoint.offset
        if hasMoved ? pace.isDue : pace.isHeartbeatDue { try announce(running: running) }
    }

    /// Somebody may have promoted another version: the SQL views are called by it from now on.
    private mutating func nameAgain() throws(ViewError) {
        guard let now = try? versions.all(), now != promoted else { return }
        var commit = StoreCommit(checkpoint: checkpoint)
        commit.promoted = now
        try store.commit(commit)
        promoted = now
    }

    /// Has the position made durable and told to the registry, on another thread.
    mutating func announce(running: Bool) throws(ViewError) {
        try refreshPlace()
        if let epoch = pace.epoch, epoch != checkpoint.epoch {
            var commit = StoreCommit(checkpoint: checkpoint)
            commit.checkpoint.epoch = epoch
            try store.commit(commit)
            checkpoint = commit.checkpoint
        }
        try nameAgain()
        let speed = pace.announce()
        try teller.tell(
            RegisteredProjector(
                name: name, offset: checkpoint.offset, updated: Timestamp(nanoseconds: wallClockNanoseconds()),
                state: progress.paused != nil ? .paused : running ? .running : .stopped, eventsPerSecond: speed))
        announcedOffset = checkpoint.offset
    }
}
