internal import HTTPTypes

/// What Prometheus answers queries at, under a prefix.
extension ServerRoutes {
    static func prometheus(_ routes: RouteRegistry) {
        let replies = PrometheusReplies()
        let range = [
            RouteDescription.Parameter(name: "start", meaning: "Seconds since 1970, or RFC 3339."),
            RouteDescription.Parameter(name: "end", meaning: "As start; included."),
        ]
        let match = RouteDescription.Parameter(name: "match[]", meaning: "A selector; may be given several times.")
        let limit = RouteDescription.Parameter(name: "limit", meaning: "How many at most.")
        let query = [
            RouteDescription.Parameter(name: "query", meaning: "PromQL."),
            RouteDescription.Parameter(name: "timeout", meaning: "How long it may take: seconds, or 30s."),
        ]
        let form = "the parameters as application/x-www-form-urlencoded; or none"
        let time = RouteDescription.Parameter(name: "time", meaning: "The moment; seconds since 1970, or RFC 3339.")
        let step = RouteDescription.Parameter(name: "step", meaning: "Seconds, or 15s.")
        let name = RouteDescription.Parameter(name: "name", meaning: "The label's name.", isInPath: true)
        for method in [HTTPRequest.Method.get, .post] {
            let body = method == .post ? form : nil
            routes.scoped(
                method, "/prometheus/api/v1/query", "A PromQL query at one moment.", body: body, parameters: query + [time],
                use: replies.query)
            routes.scoped(
                method, "/prometheus/api/v1/query_range", "A PromQL query over a range.", body: body,
                parameters: query + range + [step], use: replies.range)
            routes.scoped(
                method, "/prometheus/api/v1/series", "The labels of the series that match.", body: body,
                parameters: [match] + range + [limit], use: replies.series)
            routes.scoped(
                method, "/prometheus/api/v1/labels", "The names of labels.", body: body,
                parameters: [match] + range + [limit], use: replies.names)
        }
        routes.scoped(
            .get, "/prometheus/api/v1/label/{name}/values", "The values of a label.",
            parameters: [name, match] + range + [limit], use: replies.values)
        routes.scoped(
            .get, "/prometheus/api/v1/metadata", "What metrics are: help and unit.",
            parameters: [.init(name: "metric", meaning: "One of them alone."), limit], use: replies.metadata)
        routes.scoped(
            .get, "/prometheus/api/v1/status/buildinfo", "The version of Prometheus whose interface this is.",
            use: replies.build)
    }
}
