internal import HTTPTypes
internal import VarveWire

/// What the answers to a route look like, for its description.
enum RouteResponses {
    /// Codes of answers without a body, by method and path; `*` stands for any path below.
    private static let empty: [(route: String, codes: [Int])] = [
        ("OPTIONS *", [204]), ("GET /ping", [204]), ("POST /write", [204]), ("POST /api/v2/write", [204]),
        ("POST /api/metrics/rum", [204]), ("POST /api/errors", [204]), ("POST /loki/api/v1/push", [204]),
        ("POST /metrics/job/*", [200, 202]), ("PUT /metrics/job/*", [200, 202]), ("DELETE /metrics/job/*", [202]),
        ("POST /alertmanager/webhook", [200]), ("POST /api/v1/write", [200, 204]), ("POST /prometheus/api/v1/write", [200, 204]),
        ("POST /api/v1/import/prometheus", [204]), ("POST /cloudevents", [202, 204]), ("POST /api/v2/alerts", [200]),
        ("DELETE /api/v1/views/{name}", [204]), ("POST /api/v1/audit", [204]), ("GET /dashboard", [302]),
        ("DELETE /api/v1/access/users/{name}", [204]),
        ("POST /login", [303]), ("POST /logout", [303]), ("GET /account", [303]), ("POST /account/password", [303]),
    ]
    /// Further codes of answers with a body.
    private static let further: [String: [Int]] = ["PUT /api/v1/views/{name}": [201], "POST /api/v1/access/users": [201]]

    /// OpenAPI's object of responses.
    static func json(_ route: RouteDescription) -> String {
        let name = "\(route.method.rawValue) \(route.path)"
        let bare = Set(empty.filter { matches($0.route, name) }.flatMap(\.codes))
        var responses: [Int: String] = [:]
        for code in [200] + (further[name] ?? []) where !bare.contains(code) {
            responses[code] = response("the answer", route.answers)
        }
        for code in bare { responses[code] = response("done", []) }
        var object = JSONLine()
        for (code, text) in responses.sorted(by: { $0.key < $1.key }) { object.field("\(code)", json: text) }
        object.field("default", json: response("a refusal", refusals(route)))
        return object.text
    }

    private static func matches(_ pattern: String, _ name: String) -> Bool {
        pattern.hasSuffix("*") ? name.hasPrefix(pattern.dropLast()) : pattern == name
    }

    /// Media types of refusals: of the server, and in the words of another product's clients.
    private static func refusals(_ route: RouteDescription) -> [String] {
        var types = ["application/problem+json"]
        if route.answers.contains("text/html") { types.append("text/html") }
        let isForeign = route.path.hasPrefix("/prometheus") || route.path.hasPrefix("/elasticsearch")
        if isForeign || route.body != nil { types.append("application/json") }
        // Clients of these are told in the form in which they are answered.
        types += ["text/plain", "application/x-protobuf"].filter(route.answers.contains)
        return types
    }

    private static func response(_ meaning: String, _ types: [String]) -> String {
        var content = JSONLine()
        for type in types { content.field(type, json: "{}") }
        var object = JSONLine()
        object.field("description", meaning)
        if !types.isEmpty { object.field("content", json: content.text) }
        return object.text
    }
}
