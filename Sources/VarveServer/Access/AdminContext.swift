internal import Hummingbird
internal import VarveWorkspace

/// A request of one who may change what is kept.
struct AdminContext: ScopedContext {
    static let scope = AccessScope.admin
    var coreContext: CoreRequestContextStorage
    let workspace: ReadableWorkspace
    /// Who it is: a token's id.
    let caller: String

    init(context: RootContext) throws {
        let caller = try Self.caller(of: context)
        coreContext = context.coreContext
        workspace = ReadableWorkspace(caller.workspace)
        self.caller = caller.name
    }
}
