internal import HTTPTypes

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
        var paths = JSONObjectText()
        for path in Set(routes.map(\.path)).sorted() {
            var methods = JSONObjectText()
            for route in routes where route.path == path {
                methods.add(route.method.rawValue.lowercased(), json: operation(route))
            }
            paths.add(path, json: methods.text)
        }
        var info = JSONObjectText()
        info.add("title", "Varve")
        info.add("version", version)
        var all = JSONObjectText()
        all.add("openapi", "3.1.0")
        all.add("info", json: info.text)
        all.add("paths", json: paths.text)
        all.add("components", json: "{\"securitySchemes\":{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"}}}")
        return all.text + "\n"
    }

    private static func operation(_ route: RouteDescription) -> String {
        var operation = JSONObjectText()
        operation.add("summary", route.summary)
        let parameters = route.parameters.map { parameter in
            var object = JSONObjectText()
            object.add("name", parameter.name)
            object.add("in", place(parameter))
            object.add("required", parameter.isInPath)
            object.add("description", parameter.meaning)
            object.add("schema", json: "{\"type\":\"string\"}")
            return object.text
        }
        operation.add("parameters", json: JSONObjectText.array(parameters))
        if let body = route.body {
            operation.add("requestBody", json: "{\"description\":\(JSONObjectText.string(body)),\"content\":{\"*/*\":{}}}")
        }
        var content = JSONObjectText()
        for type in route.answers { content.add(type, json: "{}") }
        let refusal = "{\"description\":\"a refusal\",\"content\":{\"application/problem+json\":{}}}"
        operation.add(
            "responses",
            json: "{\"200\":{\"description\":\"the answer\",\"content\":\(content.text)},\"default\":\(refusal)}")
        operation.add("x-scope", route.scope?.rawValue)
        if route.scope != nil { operation.add("security", json: "[{\"token\":[]}]") }
        return operation.text
    }

    private static func place(_ parameter: RouteDescription.Parameter) -> String {
        parameter.isInPath ? "path" : parameter.isHeader ? "header" : "query"
    }
}
