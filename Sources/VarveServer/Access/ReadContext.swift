internal import Hummingbird
internal import VarveWorkspace

/// A request of one who may read.
struct ReadContext: ScopedContext {
    static let scope = AccessScope.read
    var coreContext: CoreRequestContextStorage
    let workspace: ReadableWorkspace

    init(context: RootContext) throws {
        let caller = try Self.caller(of: context)
        coreContext = context.coreContext
        workspace = caller.readable
    }
}
