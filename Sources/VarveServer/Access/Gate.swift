internal import HTTPTypes
internal import Hummingbird
internal import Synchronization
internal import VarveWorkspace

/// The first to see a request: what no route has to think of.
struct Gate: RouterMiddleware {
    let state: ServerState

    /// Paths that are answered while the log is not open yet, and to everybody.
    static let always: Set<String> = ["/livez", "/readyz", "/health", "/healthz"]

    func handle(
        _ request: Request, context: RootContext, next: (Request, RootContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await pass(request, context: context, next: next)
        } catch let problem as Problem {
            // Clients of other products are refused in their own words, or do not understand that they may come again.
            if let reply = OTLPIn.reply(to: request) { return reply.refused(problem) }
            if ElasticIn.isAsked(by: request) { return ElasticIn.refused(problem) }
            throw problem
        }
    }

    private func pass(
        _ request: Request, context: RootContext, next: (Request, RootContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        guard request.uri.string.utf8.count <= state.options.limits.targetBytes else {
            throw Problem(414, "target_too_long", "the target has more than \(state.options.limits.targetBytes) bytes")
        }
        if Self.always.contains(request.uri.path) { return try await next(request, context) }
        if !context.isControl { try checkOrigin(request) }
        switch state.now {
        case .starting(let what):
            throw Problem(503, "starting", "the server is starting: \(what)", retryAfter: 1)
        case .stopping:
            throw Problem(503, "stopping", "the server is stopping", retryAfter: 2)
        case .ready(let workspace):
            if context.isControl {
                context.caller = Caller(name: "control", scopes: [.admin], workspace: workspace, state: state)
            } else {
                (context.caller, context.denial) = identify(request, workspace)
                if let most = state.live.requestsPerMinute {
                    let isNamed = context.caller.map { $0.name != "anyone" } ?? false
                    try state.requests.check(isNamed ? context.caller?.name ?? "" : context.address ?? "", perMinute: most)
                }
            }
        }
        return try await next(request, context)
    }

    private func identify(_ request: Request, _ workspace: Workspace) -> (Caller?, Problem?) {
        guard state.asksForTokens else {
            return (Caller(name: "anyone", scopes: [.admin], workspace: workspace, state: state), nil)
        }
        guard let secret = Credential.secret(request.headers) else {
            let isShown = request.headers[.authorization] != nil
            return (nil, isShown ? Problem(401, "unauthorized", "Authorization is not Bearer and a token") : .unauthorized)
        }
        guard let token = state.tokens.token(of: secret) else {
            return (nil, Problem(401, "unauthorized", "the token is none, was revoked, or has expired"))
        }
        return (Caller(name: token.id, scopes: token.scopes, workspace: workspace, state: state), nil)
    }

    /// Who may do all without a token is protected from pages that make a browser ask: from another site, or under a name that
    /// was made to mean this machine.
    private func checkOrigin(_ request: Request) throws(Problem) {
        guard !state.asksForTokens, !state.options.isInsecure else { return }
        let isBeacon = BeaconsIn.paths.contains(request.uri.path)
        if let authority = request.head.authority, let host = Self.host(authority), !isOurs(host) {
            throw Problem(421, "wrong_host", "this server is not \(authority)")
        }
        if let site = request.headers[.secFetchSite], site == "cross-site", request.method != .get, !isBeacon {
            throw Problem(403, "cross_site", "a page of another site may not do this")
        }
        if let origin = request.headers[.origin], request.method != .get, request.method != .options, !isBeacon {
            let host = origin.firstRange(of: "://").flatMap { Self.host(String(origin[$0.upperBound...])) }
            guard let host, isOurs(host) else { throw Problem(403, "cross_site", "a page of another site may not do this") }
        }
    }

    func isOurs(_ host: String) -> Bool {
        host == "localhost" || host == state.options.address.host || ListenAddress(host: host, port: 0).isLoopback
    }

    /// The host of `host:port`.
    static func host(_ authority: String) -> String? {
        if authority.hasPrefix("[") {
            return authority.firstIndex(of: "]").map { String(authority[authority.index(after: authority.startIndex)..<$0]) }
        }
        return authority.split(separator: ":", omittingEmptySubsequences: false).first.map(String.init)
    }
}
