internal import Hummingbird

/// What a form of a page is allowed to do: one scope, and what that scope lets a handler name.
protocol FormRight: Sendable {
    associatedtype Holding: Sendable
    static var scope: AccessScope { get }
    static func holding(_ caller: Caller) -> Holding
}

/// Forms that act on alerts and rules.
enum AlertForm: FormRight {
    static let scope = AccessScope.alerts
    static func holding(_ caller: Caller) -> ActableWorkspace { ActableWorkspace(caller.workspace) }
}

/// Forms that append events.
enum EventForm: FormRight {
    static let scope = AccessScope.write
    static func holding(_ caller: Caller) -> WritableWorkspace {
        WritableWorkspace(caller.workspace, mayAlert: caller.may(.alerts))
    }
}

/// Forms that change who may, and try channels.
enum AdminForm: FormRight {
    static let scope = AccessScope.admin
    static func holding(_ caller: Caller) -> ReadableWorkspace { caller.readable }
}

/// A form that a page sent.
struct FormContext<Right: FormRight>: ScopedContext {
    static var scope: AccessScope { Right.scope }
    var coreContext: CoreRequestContextStorage
    let workspace: Right.Holding
    /// To show the page again with what was typed; nil for who may not read.
    let reader: ReadableWorkspace?
    let access: PageAccess
    /// Who it is; empty where nobody has to say.
    let caller: String

    init(context: RootContext) throws {
        let caller = try Self.caller(of: context)
        coreContext = context.coreContext
        workspace = Right.holding(caller)
        reader = caller.may(.read) ? caller.readable : nil
        access = PageAccess(caller)
        self.caller = caller.name == "anyone" || caller.name == "control" ? "" : caller.name
    }
}
