/// The routes that a tenant has. Every other one is of the server as a whole, or not yet divided by tenants: for a tenant it
/// does not exist. A new route is for no tenant until it stands here, and `TenantTests` walks all of them.
enum TenantRoutes {
    static let paths: Set<String> = [
        "/api/v1/events", "/api/v1/views", "/api/v1/views/{name}", "/api/v1/views/{name}/hash", "/api/v1/views/{name}/prove",
        "/api/v1/views/{name}/diff", "/api/v1/query", "/api/v1/export", "/api/v1/sessions/{id}", "/api/v1/users/{id}",
        "/api/v1/stream", "/api/v1/status", "/api/v1/log/info", "/api/v1/log/segments", "/api/v1/metrics/current",
        "/api/v1/traces", "/api/v1/traces/{id}",
        "/debug/metrics", "/debug/message-stream", "/chart.svg", "/",
        "/api/monitoring/dashboard", "/api/monitoring/status", "/api/monitoring/export", "/api/monitoring/metrics",
        "/api/monitoring/alerts", "/api/monitoring/thresholds", "/api/analytics/overview", "/api/analytics/timeline",
        "/api/analytics/users", "/api/dashboard/operational", "/api/dashboard/business", "/api/flashfusion/{operation}",
        "/api/telemetry/resilience", "/v1/logs", "/v1/metrics", "/v1/traces",
        "/prometheus/api/v1/query", "/prometheus/api/v1/query_range", "/prometheus/api/v1/labels",
        "/prometheus/api/v1/label/{name}/values", "/prometheus/api/v1/series",
        "/monitoring", "/explore", "/resilience", "/analytics", "/operations", "/business", "/errors", "/sessions",
        "/sessions/{id}", "/events", "/views", "/views/{name}", "/log", "/login", "/logout", "/account", "/account/password",
        "/openapi.json", "/dashboard", "/assets/{file}",
    ]

    static func has(_ route: RouteDescription) -> Bool { paths.contains(route.path) }
}
