internal import HTTPTypes
internal import Hummingbird
internal import VarveWorkspace

/// Records what a request did, by its route: no handler has to think of it, and a route that changes something and is on no list
/// is recorded all the same.
struct Auditor: RouterMiddleware {
    let state: ServerState
    let table: RouteTable

    func handle(
        _ request: Request, context: RootContext, next: (Request, RootContext) async throws -> Response
    ) async throws -> Response {
        guard let route = context.endpointPath, let caller = context.caller,
            let act = table.act(request, route)
        else { return try await next(request, context) }
        // What cannot be recorded is not done.
        guard state.audit.workspace != nil else {
            throw Problem(503, "no_audit", "what is done here cannot be recorded now", retryAfter: 2)
        }
        let response = try await next(request, context)
        guard response.status.code < 400 else { return response }
        var record = AuditRecord(act, by: caller.name)
        record.via = caller.kind.word
        record.target = "\(request.method.rawValue) \(request.uri.path)"
        record.tenant = caller.tenant.name
        record.address = context.address
        // Of what was made by a request, the request's path does not say the name.
        if response.status == .created { record.detail = response.headers[.location] }
        try await state.audit.write(record)
        return response
    }
}
