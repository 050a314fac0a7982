internal import VarveEvents
internal import VarveWorkspace

/// A workspace, to record what people do to alerts and nothing else.
struct ActableWorkspace: Sendable {
    private let workspace: Workspace

    init(_ workspace: Workspace) { self.workspace = workspace }

    /// On disk when it returns.
    func record(_ event: Event) async throws { try await workspace.append([event]) }
}
