internal import VarveEvents
internal import VarveIngest
internal import VarveLog
internal import VarveWire
internal import VarveWorkspace

/// A workspace, to append to it and nothing else.
struct WritableWorkspace: Sendable {
    private let workspace: Workspace
    /// Whether what is appended may be what alerting remembers by: silences, settings of rules, what was said of alerts.
    private let mayAlert: Bool

    init(_ workspace: Workspace, mayAlert: Bool = false) { (self.workspace, self.mayAlert) = (workspace, mayAlert) }

    /// The data directory, for the mappings in it.
    var path: String { workspace.path }

    /// Calls `body` with the events of the last `count` offsets that match, in order.
    func scanLatest(_ count: UInt64, where filter: LogFilter, _ body: @escaping @Sendable (Event) -> Void) async throws {
        try await workspace.runQuestion { [reader = workspace.reader] in
            let (first, end) = (try reader.retained().value, try reader.durable().value)
            let from = max(first, end - min(end, count))
            guard from < end else { return }
            try reader.scan(from..<end, where: filter, onDamage: { _ in }) { $0.forEachEvent { _, event in body(event) } }
        }
    }

    func body(
        _ decoding: DecodeOptions, _ options: IngestOptions, key: BodyKey?, policy: IngestPolicy?
    ) throws(WorkspaceError) -> BodyIngest {
        var body = try workspace.body(decoding, options, key: key, policy: policy)
        body.refusesAlerting = !mayAlert
        return body
    }
}
