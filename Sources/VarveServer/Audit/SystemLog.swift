internal import VarveLog
internal import VarveWorkspace

/// The log of Varve's own events, `DIR/system`.
enum SystemLog {
    /// Opens it to write. A command may be recording something just now: that is waited for, two seconds at most.
    static func open(at data: String) async throws(WorkspaceError) -> Workspace {
        var options = Workspace.Options()
        options.answersAtOnce = 1
        options.threadsPerAnswer = 1
        options.seriesBytes = 1 << 20
        for _ in 0..<40 {
            do throws(WorkspaceError) {
                return try await Workspace.open(at: ServerPaths(data).system, options: options)
            } catch {
                guard error.log?.code == .lockHeld else { throw error }
                try? await Task.sleep(for: .milliseconds(50))
            }
        }
        return try await Workspace.open(at: ServerPaths(data).system, options: options)
    }
}
