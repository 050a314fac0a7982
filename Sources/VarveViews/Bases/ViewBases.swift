internal import VarveEvents
internal import VarveHash
internal import VarveLog
internal import VarveProjections

/// The bases of a log, as views: where every fold begins. While nothing has expired, R is 0 and every view begins empty.
struct ViewBases: Sendable {
    /// R.
    let boundary: Offset
    let all: [BaseBytes]

    init(_ reader: LogReader) throws(ViewError) {
        self = try typed(at: "log/base") { try ViewBases(reader.bases()) }
    }

    init(_ set: BaseSet) throws {
        boundary = set.boundary
        all = try set.blobs.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { try BaseBytes($0.value) }
    }

    /// A view's state at R, and the first offset that it knows of. Without a base it is empty and knows of R.
    func state(
        of view: ViewDefinition, buckets: ClosedRange<Int64>? = nil
    ) throws(ViewError) -> (state: ViewState, completeFrom: Offset) {
        try typed(at: "the base of \(view.name) at \(boundary)") {
            if let own = base(of: view.fingerprint) {
                return (try ViewState(canonicalBytes: own.state, definition: view, buckets: buckets), own.completeFrom)
            }
            if let version = view.continues,
                let old = all.first(where: { $0.name == view.name && $0.version == version && $0.kind == .mergeable })
            {
                guard old.form == view.form.bytes else {
                    throw ViewError(
                        .badQuery,
                        "version \(view.version) of \(view.name) cannot continue version \(version): buckets, dimensions, "
                            + "measures and budget must be the same")
                }
                return (try ViewState(canonicalBytes: old.state, ofSameForm: view, buckets: buckets), old.completeFrom)
            }
            return (ViewState(view), boundary)
        }
    }

    /// The same of a sequential projection.
    func state(of view: any SequentialProjection) throws(ViewError) -> (state: SequentialState, completeFrom: Offset) {
        try typed(at: "the base of \(view.name) at \(boundary)") {
            guard let own = base(of: view.fingerprint) else { return (SequentialState(view), boundary) }
            return (try SequentialState(canonicalBytes: own.state, projection: view), own.completeFrom)
        }
    }

    /// SHA-256 of the state's bytes at R; nil for a view without a base.
    func hash(of view: ViewDefinition) throws(ViewError) -> SHA256Digest? {
        let (state, completeFrom) = try state(of: view)
        guard completeFrom < boundary else { return nil }
        return state.canonicalBytes().withUnsafeBytes { SHA256Digest(of: $0) }
    }

    func hash(of view: any SequentialProjection) throws(ViewError) -> SHA256Digest? {
        base(of: view.fingerprint).map { base in base.state.withUnsafeBytes { SHA256Digest(of: $0) } }
    }

    private func base(of fingerprint: SHA256Digest) -> BaseBytes? {
        all.first { $0.fingerprint == fingerprint.bytes }
    }
}
