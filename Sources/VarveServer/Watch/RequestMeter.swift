internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore

/// Counts and times requests by their route, never by their path, and makes an answer of every error.
struct RequestMeter: RouterMiddleware {
    let metrics: MetricsRegistry
    let table: RouteTable

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
            guard let problem = Problem(error) else { throw error }
            if problem.status == 500 {
                let route = context.endpointPath ?? ""
                context.logger.error("a request failed", metadata: ["error": "\(error)", "route": "\(route)"])
            }
            // The rest of a short body is read, so that its client sees the answer; that of a long one is not awaited.
            let length = request.headers[.contentLength].flatMap { Int($0) } ?? .max
            let hasBody = request.method == .post || request.method == .put
            let allowed = problem.status == 404 && context.endpointPath == nil ? table.methods(at: request.uri.path) : []
            if allowed.isEmpty {
                response = problem.response(closes: hasBody && length > Self.restMax)
            } else {
                response = Self.otherMethod(request, allowed, closes: hasBody && length > Self.restMax)
            }
        }
        response.headers[.contentTypeOptions] = "nosniff"
        response.headers[.referrerPolicy] = "no-referrer"
        let route = context.endpointPath ?? "none"
        metrics.counter(
            "varve_http_requests_total",
            [("route", route), ("method", Self.method(request)), ("status", "\(response.status.code)")]
        ).increment(by: 1)
        metrics.histogram("varve_http_request_duration", [("route", route)]).record((clock.now - start) / .seconds(1))
        return response
    }

    /// The answer at a path that has routes, but none for this method.
    private static func otherMethod(_ request: Request, _ allowed: [String], closes: Bool) -> Response {
        let methods = allowed.joined(separator: ", ")
        let problem = Problem(405, "method_not_allowed", "this path takes \(methods)")
        var response = request.method == .options ? Response(status: .noContent) : problem.response(closes: closes)
        response.headers[.allow] = methods
        return response
    }

    private static let restMax = 16 << 20

    /// Methods that nobody has heard of are one.
    private static func method(_ request: Request) -> String {
        let known = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]
        return known.contains(request.method.rawValue) ? request.method.rawValue : "other"
    }
}
