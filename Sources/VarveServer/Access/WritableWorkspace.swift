internal import VarveIngest
internal import VarveWire
internal import VarveWorkspace

/// A workspace, to append to it and nothing else.
struct WritableWorkspace: Sendable {
    private let workspace: Workspace

    init(_ workspace: Workspace) { self.workspace = workspace }

    /// The data directory, for the mappings in it.
    var path: String { workspace.path }

    func body(
        _ decoding: DecodeOptions, _ options: IngestOptions, key: BodyKey?, policy: IngestPolicy?
    ) throws(WorkspaceError) -> BodyIngest {
        try workspace.body(decoding, options, key: key, policy: policy)
    }
}
