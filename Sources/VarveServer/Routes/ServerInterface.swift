internal import HTTPTypes
internal import VarveWire

/// What the server's routes are, as documents: made from the table that the router is made from.
public enum ServerInterface {
    /// OpenAPI 3.1.
    public static func openAPI(version: String) -> String { json(routes, version) }

    /// `docs/api.md`.
    public static var markdown: String {
        var text = """
            # The HTTP interface

            Made from the server's table of routes by `InterfaceTests`; edit the table, not this page. `/openapi.json` says the
            same. Refusals are `application/problem+json` (RFC 9457) with a stable `code`. Parameters that a route does not know
            are refused.

            | route | scope | what it does | answers |
            |---|---|---|---|

            """
        for route in routes {
            let scope = route.scope?.rawValue ?? "–"
            let answers = route.answers.joined(separator: ", ")
            text += "| `\(route.method.rawValue) \(route.path)` | \(scope) | \(route.summary) | \(answers) |\n"
        }
        for route in routes where !route.parameters.isEmpty || route.body != nil {
            text += "\n## \(route.method.rawValue) \(route.path)\n\n\(route.summary)\n"
            if let body = route.body { text += "\nBody: \(body).\n" }
            text += route.parameters.isEmpty ? "" : "\n| parameter | where | meaning |\n|---|---|---|\n"
            for parameter in route.parameters {
                text += "| `\(parameter.name)` | \(place(parameter)) | \(parameter.meaning) |\n"
            }
        }
        return text
    }

    private static var routes: [RouteDescription] {
        ServerRoutes.router(ServerState(ServerOptions(data: ""), MetricsRegistry.shared)).routes
    }

    static func json(_ routes: [RouteDescription], _ version: String) -> String {
        var paths = JSONLine()
        for path in Set(routes.map(\.path)).sorted() {
            var methods = JSONLine()
            for route in routes where route.path == path {
                methods.field(route.method.rawValue.lowercased(), json: operation(route))
            }
            paths.field(path, json: methods.text)
        }
        var info = JSONLine()
        info.field("title", "Varve")
        info.field("version", version)
        var all = JSONLine()
        all.field("openapi", "3.1.0")
        all.field("info", json: info.text)
        all.field("paths", json: paths.text)
        all.field("components", json: schemes)
        return all.text + "\n"
    }

    /// A token, or the cookie of a session.
    private static let schemes =
        "{\"securitySchemes\":{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"},"
        + "\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"varve_session\"}}}"

    private static func operation(_ route: RouteDescription) -> String {
        var operation = JSONLine()
        operation.field("summary", route.summary)
        let parameters = route.parameters.map { parameter in
            var object = JSONLine()
            object.field("name", parameter.name)
            object.field("in", place(parameter))
            object.field("required", parameter.isInPath)
            object.field("description", parameter.meaning)
            object.field("schema", json: "{\"type\":\"string\"}")
            return object.text
        }
        operation.field("parameters", json: JSONLine.array(parameters))
        if let body = route.body {
            operation.field("requestBody", json: "{\"description\":\(JSONLine.string(body)),\"content\":{\"*/*\":{}}}")
        }
        operation.field("responses", json: RouteResponses.json(route))
        operation.field("x-scope", route.scope?.rawValue)
        operation.field("x-audit", RouteTable.act(of: route)?.rawValue)
        operation.field("x-tenants", TenantRoutes.has(route))
        if route.scope != nil { operation.field("security", json: "[{\"token\":[]},{\"session\":[]}]") }
        return operation.text
    }

    private static func place(_ parameter: RouteDescription.Parameter) -> String {
        parameter.isInPath ? "path" : parameter.isHeader ? "header" : "query"
    }
}
