internal import HTTPTypes
internal import Hummingbird
internal import Synchronization
internal import VarvePages
internal import VarveWorkspace

/// The first to see a request: what no route has to think of.
struct Gate: RouterMiddleware {
    let state: ServerState
    let table: RouteTable

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
        var (request, context) = (request, context)
        guard request.uri.string.utf8.count <= state.options.limits.targetBytes else {
            throw Problem(414, "target_too_long", "the target has more than \(state.options.limits.targetBytes) bytes")
        }
        if Self.always.contains(request.uri.path) { return try await next(request, context) }
        if !context.isControl {
            try RequestOrigin(state: state).checkOpen(request)
            try checkShown(request)
        }
        switch state.now {
        case .starting(let what):
            throw Problem.starting(what)
        case .stopping:
            throw Problem.stopping
        case .ready(let home):
            let known = Identification(state: state)
            do throws(Problem) {
                let person = try identify(request, context)
                try checkRate(person.name == "anyone" ? nil : person.name, context)
                let asked = request.headers[.varveTenant]
                guard let name = try person.choice.tenant(asked: asked) else {
                    context.caller = known.caller(person, home)
                    break
                }
                let tenant = try await tenant(name, request, context)
                try known.checkRate(of: tenant, name)
                context.caller = known.caller(person, tenant)
            } catch {
                guard error.code == "unauthorized" else { throw error }
                try checkRate(nil, context)
                context.denial = error
            }
        }
        // The form to log in has a token of its own.
        if let caller = context.caller, case .session(_, let secret) = caller.kind, request.uri.path != "/login" {
            try await RequestOrigin(state: state).checkSession(&request, secret)
        }
        return try await next(request, context)
    }

    /// What the profile hides is not there. A page for people says so as a page.
    private func checkShown(_ request: Request) throws(Problem) {
        guard state.hidden.contains(request.uri.path) else { return }
        let isPage = request.method == .get && PageReplies.wantsPage(request) && !request.uri.path.hasPrefix("/api/")
        guard !isPage else { return }
        throw Problem(404, "not_found", "there is nothing at this path")
    }

    private func identify(_ request: Request, _ context: RootContext) throws(Problem) -> Identification.Person {
        if context.isControl { return .init(name: "control", kind: .control, scopes: [.admin], choice: .any) }
        return try Identification(state: state).person(request.headers, address: context.address)
    }

    /// A tenant's log, for the routes that tenants have.
    private func tenant(_ name: String, _ request: Request, _ context: RootContext) async throws(Problem) -> Tenant {
        guard let path = context.endpointPath, let route = table.route(request.method, path), TenantRoutes.has(route) else {
            throw Problem(404, "not_for_tenants", "a tenant has nothing at this path")
        }
        do {
            return try await state.tenants.tenant(name)
        } catch {
            throw Problem(error) ?? Problem(503, "busy", "the tenant's log cannot be opened now", retryAfter: 1)
        }
    }

    private func checkRate(_ name: String?, _ context: RootContext) throws(Problem) {
        guard !context.isControl else { return }
        try Identification(state: state).checkRate(name, context.address)
    }
}
