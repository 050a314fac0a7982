internal import Hummingbird
internal import VarveWorkspace

/// A request of one who may change what is kept.
struct AdminContext: ScopedContext {
    static let scope = AccessScope.admin
    var coreContext: CoreRequestContextStorage
    let workspace: ReadableWorkspace
    /// Who it is: a token's id, or a user's name.
    let caller: String
    /// Whether it came over the control socket.
    let isControl: Bool
    let tenant: Tenant
    /// Which tenants they may ask.
    let choice: TenantChoice

    init(context: RootContext) throws {
        let caller = try Self.caller(of: context)
        coreContext = context.coreContext
        workspace = caller.readable
        self.caller = caller.name
        isControl = context.isControl
        tenant = caller.tenant
        choice = caller.choice
    }
}
