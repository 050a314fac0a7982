internal import VarveWorkspace

/// Who asks, and where their questions go.
struct Caller: Sendable {
    /// A token's id, or what stands for one.
    var name: String
    var scopes: [AccessScope]
    let workspace: Workspace
    let state: ServerState

    func may(_ scope: AccessScope) -> Bool { scopes.contains { $0.allows(scope) } }
}
