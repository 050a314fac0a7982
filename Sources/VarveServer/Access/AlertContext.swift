internal import Hummingbird
internal import VarveWorkspace

/// A request of one who may act on alerts: silence, acknowledge, resolve, switch rules.
struct AlertContext: ScopedContext {
    static let scope = AccessScope.alerts
    var coreContext: CoreRequestContextStorage
    let workspace: ActableWorkspace

    init(context: RootContext) throws {
        let caller = try Self.caller(of: context)
        coreContext = context.coreContext
        workspace = ActableWorkspace(caller.workspace)
    }
}
