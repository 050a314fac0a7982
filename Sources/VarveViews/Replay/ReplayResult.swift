internal import Synchronization
internal import VarveDisk
public import VarveEvents
public import VarveHash
public import VarveLog
public import VarveProjections

/// What a replay gave.
public struct ReplayResult: Sendable {
    public var states: ViewStates
    /// Those of sequential projections. Poisoned events are left out of them, and counted in their tallies.
    public var inOrder: [SequentialState] = []
    /// The first offset there was: events below had been removed.
    public var from: Offset
    /// Per view, the first offset that it knows of: R where it has no base.
    public var completeFrom: [String: Offset]
    /// The first offset that was left out.
    public var upTo: Offset
    /// Events read.
    public var events: UInt64
    public var segments: Int
    /// Segments whose states were taken from the cache.
    public var cached: Int
    /// From opening the log to merged states with their sketches counted out, reading and decoding included.
    public var seconds: Double
    /// What could not be read, in the order of offsets.
    public var damaged: [DamagedRange]

    /// Per view, in the order asked for, its view hash. Blocks until `threads` threads have taken view after view.
    public func hashes(threads: Int = 1) -> [(view: String, hash: SHA256Digest)] {
        let views = states.plan.views.compactMap { states.state(of: $0) }
        // The largest first, so that no thread begins with it when the others are done.
        let left = Mutex(views.indices.sorted { (views[$0].cellCount, $0) < (views[$1].cellCount, $1) })
        let hashes = onThreads(threads) { _ in
            var hashes: [(index: Int, hash: SHA256Digest)] = []
            while let index = left.withLock({ $0.popLast() }) { hashes.append((index, views[index].viewHash)) }
            return hashes
        }
        return hashes.joined().sorted { $0.index < $1.index }.map { (views[$0.index].definition.name, $0.hash) }
            + inOrder.map { ($0.projection.name, $0.viewHash) }
    }

    /// The rows that answer `query`.
    public func rows(of definition: ViewDefinition, _ query: ViewQuery) throws(ViewError) -> [ViewRow] {
        let level = query.bucket == .minute ? BucketLevel.minute : definition.permanentLevel
        guard let state = states.state(of: definition, level: level) else {
            throw ViewError(.badQuery, "the replay did not fold \(definition.name) by the \(level.name)")
        }
        return try typed(at: definition.name) { try state.rows(query) }
    }
}
