internal import Hummingbird
internal import VarveWorkspace

/// A request of one who may append.
struct WriteContext: ScopedContext {
    static let scope = AccessScope.write
    var coreContext: CoreRequestContextStorage
    let workspace: WritableWorkspace

    init(context: RootContext) throws {
        let caller = try Self.caller(of: context)
        coreContext = context.coreContext
        workspace = WritableWorkspace(caller.workspace, mayAlert: caller.may(.alerts))
    }
}
