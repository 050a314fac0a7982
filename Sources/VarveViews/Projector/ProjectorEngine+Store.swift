internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveLog

/// Handling a store that is damaged, or that was deleted or replaced while in use.
extension ProjectorEngine {
    /// Replaces the store by an empty one, because views are derived.
    mutating func replaceStore(_ reason: String) throws(ViewError) {
        startOver(reason)
        try? store.close()
        // The whole folder may have been deleted, with the lock's file; another projector may have made a new one.
        try file.makeFolder()
        lock = nil
        lock = try file.lock()
        registryUpdater.forgetFailure()
        try file.remove()
        store = try file.open(reader.store, name, store.onStep, &progress.notes)
        checkpoint = try store.read { reader throws(ViewError) in try reader.checkpoint() }
        resident = []
        sequential = ResidentSequential(parks: options.parksPoison)
    }

    /// Checks from time to time that the store's file is still in place and not marked as damaged.
    mutating func checkStore() throws(ViewError) {
        guard pace.isStoreDue() else { return }
        guard file.isInPlace(store) else { throw ViewError(.damaged, "\(file.path) is missing") }
        if file.isMarked { throw ViewError(.damaged, "a reader found \(file.path) damaged") }
    }
}
