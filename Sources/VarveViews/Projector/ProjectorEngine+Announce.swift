internal import VarveDisk
internal import VarveEvents
internal import VarveLog

/// Telling where the projector is.
extension ProjectorEngine {
    mutating func announceIfDue(running: Bool) throws(ViewError) {
        let hasMoved = announcedOffset != checkpoint.offset
        if hasMoved ? pace.isDue : pace.isHeartbeatDue { try announce(running: running) }
    }

    /// Makes the position durable where it is not, and tells the registry.
    mutating func announce(running: Bool) throws(ViewError) {
        try refreshPlace()
        if !pace.isOnDisk {
            var commit = StoreCommit(checkpoint: checkpoint)
            commit.checkpoint.epoch = pace.epoch ?? checkpoint.epoch
            commit.durable = true
            try store.commit(commit)
            checkpoint = commit.checkpoint
            pace.isOnDisk = true
        }
        let speed = pace.announce()
        try teller.tell(
            RegisteredProjector(
                name: name, offset: checkpoint.offset, updated: Timestamp(nanoseconds: wallClockNanoseconds()),
                state: progress.paused != nil ? .paused : running ? .running : .stopped, eventsPerSecond: speed))
        announcedOffset = checkpoint.offset
    }
}
