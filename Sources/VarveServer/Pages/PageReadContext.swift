internal import Hummingbird
internal import VarvePages

/// A request of one who reads pages: with what else that one may do, so that pages leave out controls for the rest.
struct PageReadContext: ScopedContext {
    static let scope = AccessScope.read
    var coreContext: CoreRequestContextStorage
    let workspace: ReadableWorkspace
    let rights: Set<PageRight>

    init(context: RootContext) throws {
        let caller = try Self.caller(of: context)
        coreContext = context.coreContext
        workspace = ReadableWorkspace(caller.workspace)
        rights = caller.pageRights
    }
}

extension Caller {
    var pageRights: Set<PageRight> {
        var rights: Set<PageRight> = []
        if may(.alerts) { rights.insert(.alerts) }
        if may(.write) { rights.insert(.write) }
        if may(.admin) { rights.insert(.admin) }
        return rights
    }
}
