internal import Hummingbird
internal import Synchronization
internal import VarveAlerts

/// Rules and alerts at the paths at which Prometheus, Grafana and others look for them.
struct PrometheusRuleReplies: Sendable {
    let state: ServerState

    /// `GET /prometheus/api/v1/rules`. A server that evaluates no rules has none.
    func rules(_ request: Request, context: ReadContext) async throws -> Response {
        try await PrometheusReplies.answer {
            let parameters = try await PrometheusParameters(request)
            guard parameters.first("type") != "record", let alerts = state.liveAlerts.withLock({ $0 }) else {
                return PrometheusAnswer.success("{\"groups\":[]}")
            }
            let rules = await alerts.prometheusRules
            return PrometheusAnswer.success(
                rules.groups(
                    names: parameters.all("rule_name[]"), groups: parameters.all("rule_group[]"),
                    files: parameters.all("file[]")))
        }
    }

    /// `GET /prometheus/api/v1/alerts`.
    func alerts(_ request: Request, context: ReadContext) async throws -> Response {
        try await PrometheusReplies.answer {
            guard let alerts = state.liveAlerts.withLock({ $0 }) else { return PrometheusAnswer.success("{\"alerts\":[]}") }
            return PrometheusAnswer.success(await alerts.prometheusRules.alerts)
        }
    }
}
