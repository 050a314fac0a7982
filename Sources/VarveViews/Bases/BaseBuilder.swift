// Builds the bases that retention needs before it removes events: the states of all registered views at the new R. States of
// the expiring segments are merged into the bases at the old R; sequential projections are folded on from there.

internal import VarveDisk
internal import VarveEvents
internal import VarveHash
public import VarveLog
public import VarveProjections

/// Builds the bases of a log's views.
public struct BaseBuilder: Sendable {
    private let data: String
    private let known: [AnyView]
    private let threads: Int

    /// - Parameter known: view definitions; those of all registered views must be among them.
    public init(at data: String, known: [AnyView], threads: Int = 2) {
        self.data = data
        self.known = known
        self.threads = threads
    }

    /// The states at the new R of all views that a registered projector keeps or that already have a base.
    ///
    /// - Throws: `.unknownView` when the definition of such a view is not in `known`.
    public func bases(_ request: BaseRequest) throws(ViewError) -> [BaseBlob] {
        let reader = try typed(at: data) { try LogReader.open(at: data) }
        let old = ViewBases(request.previous, reader)
        let wanted = try views(old)
        let end = request.to
        let mergeable = wanted.compactMap { if case .mergeable(let view) = $0 { view } else { nil } }
        let sequential = wanted.compactMap { if case .sequential(let view) = $0 { view } else { nil } }
        var made: [BaseBytes] = []
        if !mergeable.isEmpty {
            let folded = try ParallelFold.run(
                reader, FoldPlan(mergeable), request.from.value..<end.value, threads: threads)
            try refuse(folded.damaged, reader)
            for view in mergeable {
                var (state, completeFrom) = try old.state(of: view)
                if let fresh = folded.states.state(of: view) { state.merge(fresh) }
                made.append(BaseBytes(state, at: end, completeFrom: completeFrom))
            }
        }
        if !sequential.isEmpty {
            // Parked events are left out here as they are in projectors.
            let folded = try SequentialFold.run(
                reader, sequential, upTo: end, bases: old, SequentialChoices(snapshots: nil, park: { _ in true }))
            try refuse(folded.damaged, reader)
            for state in folded.states { made.append(BaseBytes(state.state, at: end, completeFrom: state.completeFrom)) }
        }
        return made.map { BaseBlob(name: $0.blobName, bytes: $0.bytes) }
    }

    /// Throws for damage that the manifest does not list yet, because removing those events would hide it for good.
    private func refuse(_ damaged: Set<DamagedRange>, _ reader: LogReader) throws(ViewError) {
        let known = try typed(at: data) { try reader.segments() }.flatMap(\.damaged)
        for fault in damaged where !fault.isKnown {
            if known.contains(where: { $0.offsets.overlaps(fault.offsets) || $0.offsets == fault.offsets }) { continue }
            let message =
                "offsets \(fault.offsets) are damaged and would be lost for good: repair the log, or restore them from a backup, "
                + "first"
            throw ViewError(.damaged, message, log: LogError(.damaged, message))
        }
    }

    private func views(_ old: ViewBases) throws(ViewError) -> [AnyView] {
        var wanted: [AnyView] = []
        var seen: Set<SHA256Digest> = []
        // Bases have the fingerprint, stores the identity of their cells.
        let identified = known.byStoredIdentity
        func add(_ identity: String) -> Bool {
            guard let view = identified[identity] else { return false }
            if seen.insert(view.fingerprint).inserted { wanted.append(view) }
            return true
        }
        func add(_ fingerprint: [UInt8]?) -> Bool {
            fingerprint.flatMap { SHA256Digest(bytes: $0) }.map { add("\($0)") } ?? false
        }
        for projector in try Registry(at: data).projectors() {
            let store: ViewStore
            do throws(ViewError) {
                store = try ViewStore.open(at: data, projector: projector.name)
            } catch {
                throw ViewError(
                    error.code,
                    "which views projector \(projector.name) keeps cannot be read (\(error.message)): have them built "
                        + "again by running it, or forget the projector")
            }
            for view in try store.read({ reader throws(ViewError) in try reader.views() }) where !view.isFrozen {
                guard add(view.fingerprint) else {
                    throw ViewError(
                        .unknownView,
                        "projector \(projector.name) keeps \(view.name) in a definition that is not known here; give its folder "
                            + "of definitions, have it rebuilt by running the projector, or forget the projector")
                }
            }
        }
        // Keep a base even if no projector keeps its view any more, because it could not be rebuilt.
        for base in try old.all() where !add(base.fingerprint) && !add(base.successor(known)) {
            throw ViewError(
                .unknownView,
                "a base would be lost, because the definition of its view is not known here; give its folder with --views-dir")
        }
        return wanted
    }
}
