internal import HTTPTypes
internal import Hummingbird

/// Where routes are entered: each with its description, and with the scope that its handler's context demands. There is no other
/// way to enter one.
final class RouteRegistry {
    let router: Router<RootContext>
    private(set) var routes: [RouteDescription] = []
    private let table = RouteTable()

    init(_ state: ServerState) {
        router = Router(context: RootContext.self, options: [.autoGenerateHeadEndpoints])
        router.add(middleware: PackedAnswers())
        router.add(middleware: RequestMeter(state: state, table: table))
        router.add(middleware: Gate(state: state, table: table))
        router.add(middleware: Auditor(state: state, table: table))
    }

    private func enter(_ route: RouteDescription) {
        routes.append(route)
        table.add(route)
    }

    /// A route that everybody may ask.
    func open(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, answers: [String] = ["application/json"],
        body: String? = nil, parameters: [RouteDescription.Parameter] = [],
        use handler: @escaping @Sendable (Request, RootContext) async throws -> Response
    ) {
        enter(
            RouteDescription(
                method: method, path: path, scope: nil, summary: summary, parameters: parameters, answers: answers, body: body))
        router.on(RouterPath(path), method: method, use: handler)
    }

    /// A route of one scope: the context's.
    func scoped<Context: ScopedContext>(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, answers: [String] = ["application/json"],
        body: String? = nil, parameters: [RouteDescription.Parameter] = [],
        use handler: @escaping @Sendable (Request, Context) async throws -> Response
    ) {
        enter(
            RouteDescription(
                method: method, path: path, scope: Context.scope, summary: summary, parameters: parameters, answers: answers,
                body: body))
        router.group(context: Context.self).on(RouterPath(path), method: method, use: handler)
    }
}
