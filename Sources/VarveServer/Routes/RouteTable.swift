internal import HTTPTypes
internal import Hummingbird
internal import Synchronization

/// What is known of routes by their method and path: what is recorded of one, whether it is for tenants, and which methods a path
/// has.
final class RouteTable: Sendable {
    private let routes = Mutex<[String: [String: RouteDescription]]>([:])

    func add(_ route: RouteDescription) {
        routes.withLock { $0[route.path, default: [:]][route.method.rawValue] = route }
    }

    func route(_ method: HTTPRequest.Method, _ path: String) -> RouteDescription? {
        let method = method == .head ? "GET" : method.rawValue
        return routes.withLock { $0[path]?[method] }
    }

    /// The methods of a request's path; empty when there is nothing at it. Of several paths that match, the router has the one
    /// whose parts are written out, and does not look at the others.
    func methods(at target: String) -> [String] {
        let asked = target.split(separator: "/", omittingEmptySubsequences: true)
        let matching = routes.withLock { routes in routes.filter { Self.matches($0.key, asked) } }
        let ranks = matching.keys.map(Self.rank)
        guard let best = ranks.min(by: { $0.lexicographicallyPrecedes($1) }) else { return [] }
        var found: Set<String> = []
        for (path, routes) in matching where Self.rank(path) == best { found.formUnion(routes.keys) }
        return (found.contains("GET") ? found.union(["HEAD"]) : found).sorted()
    }

    /// For each part of a path whether it is written out, a parameter, or stands for all that follow.
    private static func rank(_ path: String) -> [Int] {
        path.split(separator: "/").map { part in
            if part == "**" { return 3 }
            return part == "*" ? 2 : part.hasPrefix("{") ? 1 : 0
        }
    }

    private static func matches(_ path: String, _ asked: [Substring]) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        for (index, part) in parts.enumerated() {
            if part == "**" { return asked.count > index }
            guard index < asked.count else { return false }
            guard part.hasPrefix("{") || part == "*" || part == asked[index] else { return false }
        }
        return parts.count == asked.count
    }

    // MARK: Audit

    private static let acts: [String: AuditAct] = [
        "PUT /api/v1/views/{name}": .viewChanged, "DELETE /api/v1/views/{name}": .viewRemoved,
        "POST /api/v1/alerts/{id}/ack": .alertAcknowledged, "POST /api/v1/alerts/{id}/resolve": .alertResolved,
        "PATCH /api/v1/rules/{id}": .ruleChanged, "POST /api/v1/silences": .silenced,
        "DELETE /api/v1/silences/{id}": .silenceEnded, "GET /api/v1/export": .export,
        "GET /api/monitoring/export": .export, "POST /api/v1/log/retain": .retention,
        "POST /api/v1/log/compact": .compaction, "POST /api/v1/access/users": .userAdded,
        "PATCH /api/v1/access/users/{name}": .userChanged, "DELETE /api/v1/access/users/{name}": .userRemoved,
    ]

    /// What is recorded of a request; nil for nothing.
    func act(_ request: Request, _ path: String) -> AuditAct? {
        guard request.method != .head, let route = route(request.method, path) else { return nil }
        // One path for everybody: a page for people, a greeting for programs.
        if path == "/" { return PageReplies.wantsPage(request) ? .view : nil }
        return Self.act(of: route)
    }

    /// What is recorded of the requests of a route: of everything that changes more than the events of a log, of exports, and of
    /// pages.
    static func act(of route: RouteDescription) -> AuditAct? {
        // It records itself.
        guard let scope = route.scope, route.path != "/api/v1/audit" else { return nil }
        if let act = acts["\(route.method.rawValue) \(route.path)"] { return act }
        if route.method == .get { return route.answers.first == "text/html" ? .view : nil }
        return scope == .admin || scope == .alerts ? .change : nil
    }
}
