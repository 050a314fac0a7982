internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore

/// Counts and times requests by their route, never by their path, and makes an answer of every error.
struct RequestMeter: RouterMiddleware {
    let state: ServerState
    let table: RouteTable
    private var metrics: MetricsRegistry { state.metrics }

    func handle(
        _ request: Request, context: RootContext, next: (Request, RootContext) async throws -> Response
    ) async throws -> Response {
        let clock = ContinuousClock()
        let start = clock.now
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            // A connection that is gone gets no answer; the others get one that says what happened.
            guard let problem = Problem(error).map({ known($0, request, context) }) else { throw error }
            if problem.status == 500 {
                let route = context.endpointPath ?? ""
                context.logger.error("a request failed", metadata: ["error": "\(error)", "route": "\(route)"])
            }
            // The rest of a short body is read, so that its client sees the answer; that of a long one is not awaited.
            let length = request.headers[.contentLength].flatMap { Int($0) } ?? .max
            let hasBody = request.method == .post || request.method == .put
            response =
                login(problem, request) ?? page(problem, request)
                ?? problem.response(closes: hasBody && length > Self.restMax)
            if problem.status == 405 {
                if request.method == .options { response = Response(status: .noContent) }
                response.headers[.allow] = table.methods(at: request.uri.path).joined(separator: ", ")
            }
        }
        response.headers[.contentTypeOptions] = "nosniff"
        // A page says it itself: under this policy a browser would not say which site a form comes from.
        if response.headers[.referrerPolicy] == nil { response.headers[.referrerPolicy] = "no-referrer" }
        if state.certificate != nil { response.headers[.strictTransportSecurity] = "max-age=31536000" }
        let route = context.endpointPath ?? "none"
        metrics.counter(
            "varve_http_requests_total",
            [("route", route), ("method", Self.method(request)), ("status", "\(response.status.code)")]
        ).increment(by: 1)
        metrics.histogram("varve_http_request_duration", [("route", route)]).record((clock.now - start) / .seconds(1))
        return response
    }

    /// A path that has other methods is told apart from one that has nothing.
    private func known(_ problem: Problem, _ request: Request, _ context: RootContext) -> Problem {
        guard problem.code == "not_found", table.route(request.method, context.endpointPath ?? "") == nil else { return problem }
        let methods = table.methods(at: request.uri.path)
        guard !methods.isEmpty else { return problem }
        return Problem(405, "method_not_allowed", "this path has \(methods.joined(separator: ", "))")
    }

    /// Where a person who has not logged in is sent who asks for a page.
    private func login(_ problem: Problem, _ request: Request) -> Response? {
        guard problem.status == 401, Self.asksForPage(request), state.users.hasAny else { return nil }
        let next = request.uri.string.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return Response(status: .seeOther, headers: [.location: "/login?next=\(next)", .cacheControl: "no-store"])
    }

    /// What a person sees who asks for a page that is none.
    private func page(_ problem: Problem, _ request: Request) -> Response? {
        let isPage = Self.asksForPage(request) && !request.uri.path.hasPrefix("/api/")
        guard problem.code == "not_found", isPage else { return nil }
        return PageReplies.html(PlainPage.notFound, .notFound)
    }

    private static func asksForPage(_ request: Request) -> Bool {
        request.method == .get && PageReplies.wantsPage(request)
    }

    private static let restMax = 16 << 20

    /// Methods that nobody has heard of are one.
    private static func method(_ request: Request) -> String {
        let known = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]
        return known.contains(request.method.rawValue) ? request.method.rawValue : "other"
    }
}
