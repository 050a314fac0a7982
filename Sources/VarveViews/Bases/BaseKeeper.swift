// What retention asks for before events go: every registered view as it is at the new R. The permanent states of the expiring
// segments are merged into the bases at the old R; sequential projections are folded on from there.

internal import VarveDisk
internal import VarveEvents
internal import VarveHash
public import VarveLog
public import VarveProjections

/// Makes the bases of a log's views.
public struct BaseKeeper: Sendable {
    private let data: String
    private let known: [AnyView]
    private let threads: Int

    /// - Parameter known: definitions, among which those of the registered views must be.
    public init(at data: String, known: [AnyView], threads: Int = 2) {
        self.data = data
        self.known = known
        self.threads = threads
    }

    /// The states at the new R of all views that a registered projector keeps or that have a base already.
    ///
    /// - Throws: `.unknownView` when the definition of such a view is not among the known ones.
    public func bases(_ request: BaseRequest) throws(ViewError) -> [BaseBlob] {
        let reader = try typed(at: data) { try LogReader.open(at: data) }
        let old = ViewBases(request.previous)
        let wanted = try views(old)
        let end = request.to
        let mergeable = wanted.compactMap { if case .mergeable(let view) = $0 { view } else { nil } }
        let sequential = wanted.compactMap { if case .sequential(let view) = $0 { view } else { nil } }
        var made: [BaseBytes] = []
        if !mergeable.isEmpty {
            let folded = try ParallelFold.run(
                reader, FoldPlan(mergeable), request.from.value..<end.value, threads: threads,
                FoldChoices(cache: SegmentStates(at: data, disk: RealDisk())))
            for view in mergeable {
                var (state, completeFrom) = try old.state(of: view)
                if let fresh = folded.states.state(of: view) { state.merge(fresh) }
                made.append(BaseBytes(state, at: end, completeFrom: completeFrom))
            }
        }
        if !sequential.isEmpty {
            // Events that a projector has parked are left out here as well.
            let folded = try SequentialFold.run(
                reader, sequential, upTo: end, bases: old, SequentialChoices(snapshots: nil, park: { _ in true }))
            for state in folded.states { made.append(BaseBytes(state.state, at: end, completeFrom: state.completeFrom)) }
        }
        return made.map { BaseBlob(name: $0.blobName, bytes: $0.bytes) }
    }

    private func views(_ old: ViewBases) throws(ViewError) -> [AnyView] {
        var wanted: [AnyView] = []
        var seen: Set<[UInt8]> = []
        func add(_ fingerprint: [UInt8]) -> Bool {
            guard let view = known.first(where: { $0.fingerprint.bytes == fingerprint }) else { return false }
            if seen.insert(fingerprint).inserted { wanted.append(view) }
            return true
        }
        for projector in try Registry(at: data).projectors() {
            // A store that was deleted is built anew by the next run; its projector's definitions are then the known ones.
            guard let store = try? ViewStore.open(at: data, projector: projector.name) else { continue }
            for view in try store.read({ reader throws(ViewError) in try reader.views() }) where !view.isFrozen {
                guard let digest = SHA256Digest(hex: view.fingerprint), add(digest.bytes) else {
                    throw ViewError(
                        .unknownView,
                        "projector \(projector.name) keeps \(view.name) in a definition that is not known here; give its folder "
                            + "with --views-dir, run `varve project` to have it rebuilt, or forget the projector")
                }
            }
        }
        // A base whose view nobody keeps any more goes on where its definition is known.
        for base in try old.all() { _ = add(base.fingerprint) }
        return wanted
    }
}
