internal import VarveBatchFormat
internal import VarveEvents
internal import VarveHash
internal import VarveLog
internal import VarveProjections

/// The bases of a log, from which every fold starts. Before anything has expired, R is 0 and every view starts empty. A base is
/// read when its view is requested.
struct ViewBases: Sendable {
    /// R.
    let boundary: Offset
    /// The names of the base blobs.
    let names: [String]
    private let load: @Sendable (String) throws -> [UInt8]?
    private let reader: LogReader

    init(_ reader: LogReader) throws(ViewError) {
        let found = try typed(at: "log/base") { try reader.baseNames() }
        let boundary = found.boundary
        self.boundary = boundary
        self.reader = reader
        names = found.names.sorted()
        load = { name in
            guard let base = try reader.base(name) else { return nil }
            guard base.boundary == boundary else {
                throw ViewError(.expired, "retention has moved on to \(base.boundary) meanwhile; try again")
            }
            return base.bytes
        }
    }

    /// The bases that retention passes on before it removes events.
    init(_ set: BaseSet, _ reader: LogReader) {
        boundary = set.boundary
        self.reader = reader
        names = set.blobs.keys.sorted()
        load = { set.blobs[$0] }
    }

    /// Runs `body` with the current bases. If retention moves R meanwhile and removes events that `body` needs, runs it again
    /// with the new bases.
    static func with<Value>(
        _ reader: LogReader, _ body: (ViewBases) throws(ViewError) -> Value
    ) throws(ViewError) -> Value {
        var bases = try ViewBases(reader)
        while true {
            do throws(ViewError) {
                return try body(bases)
            } catch let error where error.code == .expired {
                let moved = try ViewBases(reader)
                guard moved.boundary > bases.boundary else { throw error }
                bases = moved
            }
        }
    }

    /// The offsets to fold after the bases to reach `end`. Throws `.expired` if R is past `end`.
    func range(upTo end: Offset) throws(ViewError) -> Range<UInt64> {
        guard boundary <= end else {
            throw ViewError(
                .expired, "events below \(boundary) were removed by retention; the views at \(end) have expired")
        }
        return boundary.value..<end.value
    }

    /// All bases, by name.
    func all() throws(ViewError) -> [BaseBytes] {
        var bases: [BaseBytes] = []
        for name in names {
            if let base = try base(name) { bases.append(base) }
        }
        return bases
    }

    /// A view's state at R, and the first offset that it covers. Without a base it is empty and covers offsets from R.
    func state(
        of view: ViewDefinition, buckets: ClosedRange<Int64>? = nil
    ) throws(ViewError) -> (state: ViewState, completeFrom: Offset) {
        let own = try base(BaseBytes.blobName(view.name, view.version, view.fingerprint))
        var continued: BaseBytes?
        if own == nil { continued = try former(of: view) }
        if own == nil, continued == nil { continued = try self.continued(by: view) }
        return try typed(at: "the base of \(view.name) at \(boundary)") {
            if let own {
                return (try ViewState(canonicalBytes: own.state, definition: view, buckets: buckets), own.completeFrom)
            }
            if let continued {
                return (
                    try ViewState(canonicalBytes: continued.state, ofSameForm: view, buckets: buckets), continued.completeFrom
                )
            }
            return (ViewState(view), boundary)
        }
    }

    /// The base of the same definition as written by an earlier program, with another fingerprint.
    private func former(of view: ViewDefinition) throws(ViewError) -> BaseBytes? {
        for digest in view.former {
            if let old = try base(BaseBytes.blobName(view.name, view.version, digest)) { return old }
        }
        return nil
    }

    private func continued(by view: ViewDefinition) throws(ViewError) -> BaseBytes? {
        guard let version = view.continues else { return nil }
        return try old(view, version)
    }

    /// The base of an earlier version, which must have cells of the same form.
    private func old(_ view: ViewDefinition, _ version: Int) throws(ViewError) -> BaseBytes? {
        for name in names where name.hasPrefix("\(view.name).\(version).") {
            guard let old = try base(name), old.name == view.name, old.version == version, old.kind == .mergeable
            else { continue }
            guard old.form == view.form.bytes else {
                throw ViewError(
                    .badQuery,
                    "version \(view.version) of \(view.name) cannot continue version \(version): buckets, dimensions, "
                        + "measures and budget must be the same")
            }
            return old
        }
        return nil
    }

    /// The same for a sequential projection. An entity view without a base starts with the kept events below R, so that
    /// entities open there are open in it. It still covers offsets from R only, because closed entities are missing.
    func state(of view: any SequentialProjection) throws(ViewError) -> (state: SequentialState, completeFrom: Offset) {
        if let own = try base(BaseBytes.blobName(view.name, view.version, view.fingerprint)) {
            return try typed(at: "the base of \(view.name) at \(boundary)") {
                (try SequentialState(canonicalBytes: own.state, projection: view), own.completeFrom)
            }
        }
        if let old = try former(of: view), let digest = SHA256Digest(bytes: old.fingerprint) {
            return try typed(at: "the base of \(view.name) at \(boundary)") {
                (try SequentialState(canonicalBytes: old.state, former: digest, of: view), old.completeFrom)
            }
        }
        return (try keptState(view), boundary)
    }

    /// The base of the same view as written by an earlier program, of its newest version.
    private func former(of view: any SequentialProjection) throws(ViewError) -> BaseBytes? {
        var newest: BaseBytes?
        for name in names where name.hasPrefix("\(view.name).") {
            guard let old = try base(name), old.isFormer(of: view), old.version > newest?.version ?? .min else { continue }
            newest = old
        }
        return newest
    }

    /// Folds the kept events. Unreadable ones are left out; reads of the kept events themselves report the damage.
    private func keptState(_ view: any SequentialProjection) throws(ViewError) -> SequentialState {
        var state = SequentialState(view)
        guard view is EntityDefinition, boundary.value > 0 else { return state }
        let select = ColumnSelection(keys: view.columns, times: true, observed: true)
        _ = try typed(at: "log/kept") {
            try reader.scanKept(0..<boundary.value, select: select) { try state.fold($0, park: { _ in true }) }
        }
        return state
    }

    /// SHA-256 of the state's bytes at R; nil for a view without a base.
    func hash(of view: ViewDefinition) throws(ViewError) -> SHA256Digest? {
        let (state, completeFrom) = try state(of: view)
        guard completeFrom < boundary else { return nil }
        return state.canonicalBytes().withUnsafeBytes { SHA256Digest(of: $0) }
    }

    func hash(of view: any SequentialProjection) throws(ViewError) -> SHA256Digest? {
        if let own = try base(BaseBytes.blobName(view.name, view.version, view.fingerprint)) {
            return own.state.withUnsafeBytes { SHA256Digest(of: $0) }
        }
        guard try former(of: view) != nil else { return nil }
        return try state(of: view).state.canonicalBytes().withUnsafeBytes { SHA256Digest(of: $0) }
    }

    private func base(_ name: String) throws(ViewError) -> BaseBytes? {
        guard names.contains(name) else { return nil }
        return try typed(at: "the base \(name)") { try load(name).map { try BaseBytes($0) } }
    }
}
