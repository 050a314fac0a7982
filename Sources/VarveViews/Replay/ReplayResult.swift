internal import Synchronization
internal import VarveDisk
public import VarveEvents
public import VarveHash
public import VarveLog
public import VarveProjections

/// The result of a replay.
public struct ReplayResult: Sendable {
    public var states: ViewStates
    /// The states of sequential projections. Poisoned events are left out and counted in their tallies.
    public var sequential: [SequentialState] = []
    /// R: the first offset in the log.
    public var from: Offset
    /// For each view, the first offset that it covers: R where it has no base.
    public var completeFrom: [String: Offset]
    /// The views cover the events below this offset.
    public var upTo: Offset
    /// Events read.
    public var events: UInt64
    public var segments: Int
    /// Segments whose states came from the cache.
    public var cached: Int
    /// Time from opening the log to merged states with computed percentiles.
    public var seconds: Double
    /// Damage met, in offset order.
    public var damaged: [DamagedRange]

    /// The view hash of each view, in the order of the views. Uses `threads` threads and blocks until they are done.
    public func hashes(threads: Int = 1) -> [(view: String, hash: SHA256Digest)] {
        let views = states.plan.views.compactMap { states.state(of: $0) }
        // Start with the largest view, so that it is not the last to finish.
        let left = Mutex(views.indices.sorted { (views[$0].cellCount, $0) < (views[$1].cellCount, $1) })
        let hashes = onThreads(threads) { _ in
            var hashes: [(index: Int, hash: SHA256Digest)] = []
            while let index = left.withLock({ $0.popLast() }) { hashes.append((index, views[index].viewHash)) }
            return hashes
        }
        return hashes.joined().sorted { $0.index < $1.index }.map { (views[$0.index].definition.name, $0.hash) }
            + sequential.map { ($0.projection.name, $0.viewHash) }
    }

    /// The rows of a view for `query`.
    public func rows(of definition: ViewDefinition, _ query: ViewQuery) throws(ViewError) -> [ViewRow] {
        let level = query.bucket == .minute ? BucketLevel.minute : definition.permanentLevel
        guard let state = states.state(of: definition, level: level) else {
            throw ViewError(.badQuery, "the replay did not fold \(definition.name) by the \(level.name)")
        }
        return try typed(at: definition.name) { try state.rows(query) }
    }
}
