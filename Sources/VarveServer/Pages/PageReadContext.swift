internal import Hummingbird

/// A request of one who reads pages: with what else that one may do, so that pages leave out controls for the rest.
struct PageReadContext: ScopedContext {
    static let scope = AccessScope.read
    var coreContext: CoreRequestContextStorage
    let workspace: ReadableWorkspace
    let access: PageAccess

    init(context: RootContext) throws {
        let caller = try Self.caller(of: context)
        coreContext = context.coreContext
        workspace = caller.readable
        access = PageAccess(caller)
    }
}
