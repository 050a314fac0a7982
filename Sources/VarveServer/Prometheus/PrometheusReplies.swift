internal import Hummingbird
internal import NIOCore
internal import VarvePromQL
internal import VarveWire
internal import VarveWorkspace

/// The query interface of Prometheus, as Grafana and others ask it.
struct PrometheusReplies: Sendable {
    /// Points of one series of an answer; what Prometheus allows.
    static let pointsMax: Int64 = 11_000
    /// Milliseconds that a query may take unless it asks for less.
    static let timeoutMax: Int64 = 120_000

    /// `GET|POST /prometheus/api/v1/query`.
    func query(_ request: Request, context: ReadContext) async throws -> Response {
        try await Self.answer {
            let parameters = try await PrometheusParameters(request)
            let time = try parameters.time("time", or: Self.now)
            let interrupt = try Self.interrupt(parameters)
            let query = try Self.query(parameters, named: "query")
            return try await context.workspace.evaluate { series throws(PromQLError) in
                PrometheusAnswer(try query.evaluate(at: time, over: series, interrupt: interrupt)).bytes
            }
        }
    }

    /// `GET|POST /prometheus/api/v1/query_range`.
    func range(_ request: Request, context: ReadContext) async throws -> Response {
        try await Self.answer {
            let parameters = try await PrometheusParameters(request)
            let (start, end) = (try parameters.time("start"), try parameters.time("end"))
            guard end >= start else {
                throw PrometheusProblem.parameter("end", "end timestamp must not be before start time")
            }
            guard let step = try parameters.duration("step") else {
                throw PrometheusProblem.parameter("step", "cannot parse \"\" to a valid duration")
            }
            guard step > 0 else {
                throw PrometheusProblem.parameter(
                    "step",
                    "zero or negative query resolution step widths are not accepted. Try a positive integer")
            }
            guard (end - start) / step <= Self.pointsMax else {
                throw PrometheusProblem(
                    .badData,
                    "exceeded maximum resolution of 11,000 points per timeseries. "
                        + "Try decreasing the query resolution (?step=XX)")
            }
            let interrupt = try Self.interrupt(parameters)
            let query = try Self.query(parameters, named: nil)
            return try await context.workspace.evaluate { series throws(PromQLError) in
                PrometheusAnswer(
                    try query.evaluate(from: start, to: end, step: step, over: series, interrupt: interrupt)
                ).bytes
            }
        }
    }

    /// `GET|POST /prometheus/api/v1/series`.
    func series(_ request: Request, context: ReadContext) async throws -> Response {
        try await Self.answer {
            let parameters = try await PrometheusParameters(request)
            let sets = try parameters.matchers()
            guard !sets.isEmpty else { throw PrometheusProblem(.badData, "no match[] parameter provided") }
            let labels = try await Self.labels(parameters, sets, context)
            return PrometheusAnswer.success(JSONLine.array(Self.limited(labels, parameters).map(PrometheusAnswer.json)))
        }
    }

    /// `GET|POST /prometheus/api/v1/labels`.
    func names(_ request: Request, context: ReadContext) async throws -> Response {
        try await Self.answer {
            let parameters = try await PrometheusParameters(request)
            let sets = try parameters.matchers()
            var names = Set(try await Self.labels(parameters, sets, context).flatMap { $0.pairs.map(\.name) })
            if sets.isEmpty {
                let views = try await context.workspace.evaluate { series throws(PromQLError) in series.viewMetrics }
                if !views.isEmpty { names.insert(Label.metricName) }
                names.formUnion(views.flatMap(\.labels))
            }
            return PrometheusAnswer.success(Self.texts(Self.limited(names.sorted(), parameters)))
        }
    }

    /// `GET /prometheus/api/v1/label/{name}/values`.
    func values(_ request: Request, context: ReadContext) async throws -> Response {
        try await Self.answer {
            let name = try ViewReplies.name(context)
            guard Label.isValidName(name) else {
                throw PrometheusProblem(.badData, "invalid label name: \(GoText.quoted(name))")
            }
            let parameters = try await PrometheusParameters(request)
            let sets = try parameters.matchers()
            var values = Set(try await Self.labels(parameters, sets, context).map { $0[name] }.filter { !$0.isEmpty })
            if sets.isEmpty, name == Label.metricName {
                let views = try await context.workspace.evaluate { series throws(PromQLError) in series.viewMetrics }
                values.formUnion(views.map(\.name))
            }
            return PrometheusAnswer.success(Self.texts(Self.limited(values.sorted(), parameters)))
        }
    }

    /// `GET /prometheus/api/v1/metadata`: of the metrics that views have; samples are sent without.
    func metadata(_ request: Request, context: ReadContext) async throws -> Response {
        try await Self.answer {
            let parameters = try await PrometheusParameters(request)
            let metrics = try await context.workspace.evaluate { series throws(PromQLError) in series.viewMetrics }
            var all = JSONLine()
            let wanted = metrics.filter { parameters.first("metric") == nil || $0.name == parameters.first("metric") }
            for metric in Self.limited(wanted.sorted { $0.name < $1.name }, parameters) {
                var object = JSONLine()
                object.field("type", "gauge")
                object.field("help", metric.help)
                object.field("unit", metric.unit)
                all.field(metric.name, json: "[\(object.text)]")
            }
            return PrometheusAnswer.success(all.text)
        }
    }

    /// `GET /prometheus/api/v1/status/buildinfo`: which Prometheus it answers as.
    func build(_ request: Request, context: ReadContext) async throws -> Response {
        var object = JSONLine()
        object.field("version", "2.42.0")
        for name in ["revision", "branch", "buildUser", "buildDate", "goVersion"] { object.field(name, "") }
        return Self.reply(PrometheusAnswer.success(object.text))
    }
}
