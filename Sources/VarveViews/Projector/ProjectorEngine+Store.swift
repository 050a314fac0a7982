internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveLog

/// What becomes of a store that is damaged, or that somebody deleted or replaced while it is in use.
extension ProjectorEngine {
    /// Begins an empty store: views are derived.
    mutating func replaceStore(_ reason: String) throws(ViewError) {
        startOver(reason)
        try? store.close()
        try file.remove()
        store = try file.open(reader.store, name, store.onStep, &progress.notes)
        checkpoint = try store.read { reader throws(ViewError) in try reader.checkpoint() }
        resident = []
        inOrder = ResidentSequential(parks: options.parksPoison)
    }

    /// Now and then, whether the store is still there.
    mutating func lookAfterStore() throws(ViewError) {
        guard pace.isStoreDue() else { return }
        guard file.isInPlace(store) else { throw ViewError(.damaged, "\(file.path) is not there") }
        if file.isMarked { throw ViewError(.damaged, "a reader found \(file.path) damaged") }
    }
}
