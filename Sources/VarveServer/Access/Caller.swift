internal import VarveWorkspace

/// Who asks, and where their questions go.
struct Caller: Sendable {
    /// By what they are known.
    enum Kind: Sendable {
        /// Nobody has to say who they are.
        case anyone
        /// The owner of the data directory, over its control socket.
        case control
        case token
        /// A user, with the secret of the session's cookie.
        case session(User, secret: String)

        var word: String {
            switch self {
            case .anyone: "anyone"
            case .control: "control"
            case .token: "token"
            case .session: "session"
            }
        }
    }

    /// A token's id, a user's name, or what stands for one.
    var name: String
    var kind: Kind
    var scopes: [AccessScope]
    /// Which tenants may be asked.
    var choice: TenantChoice
    let tenant: Tenant
    let state: ServerState

    var workspace: Workspace { tenant.workspace }

    func may(_ scope: AccessScope) -> Bool { scopes.contains { $0.allows(scope) } }

    /// Whether they still may: the token was not revoked, the session is not over. Streams ask while they last.
    var isStillAllowed: Bool {
        switch kind {
        case .anyone: !state.isAccessAsked
        case .control: true
        case .token: state.tokens.isValid(name)
        case .session(_, let secret): state.sessions.user(of: secret) != nil
        }
    }

    /// What they may read, and nothing else.
    var readable: ReadableWorkspace {
        ReadableWorkspace(tenant, isAllowed: { [self] in isStillAllowed })
    }
}
