internal import VarveLog
internal import VarveViews
internal import VarveWorkspace

/// A workspace, to read it and nothing else.
struct ReadableWorkspace: Sendable {
    private let workspace: Workspace

    init(_ workspace: Workspace) { self.workspace = workspace }

    /// The log, the projectors and the background errors of now.
    func standing() async throws(WorkspaceError) -> (LogSnapshot, [ProjectorStatus], [BackgroundError]) {
        (try await workspace.snapshot(), try await workspace.projectors(), workspace.backgroundErrors)
    }
}
