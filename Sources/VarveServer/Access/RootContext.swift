internal import Hummingbird
internal import Logging
internal import NIOCore

/// A request before it is known who asks.
struct RootContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The address that the connection came from; nil where it has none.
    let address: String?
    /// Whether it came over the control socket, whose owner may do everything.
    let isControl: Bool
    /// Who asks; nil when that was not shown.
    var caller: Caller?
    /// Why there is no caller.
    var denial: Problem?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        address = source.channel.remoteAddress?.ipAddress
        if case .unixDomainSocket? = source.channel.localAddress { isControl = true } else { isControl = false }
    }
}

/// What one scope lets a handler name. Making one fails for whoever has not the scope, so that a handler cannot forget to ask.
protocol ScopedContext: ChildRequestContext where ParentContext == RootContext {
    static var scope: AccessScope { get }
}

extension ScopedContext {
    static func caller(of context: RootContext) throws -> Caller {
        guard let caller = context.caller else { throw context.denial ?? .unauthorized }
        guard caller.may(scope) else { throw Problem.forbidden(scope) }
        return caller
    }
}
