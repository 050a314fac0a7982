internal import VarveEvents
internal import VarveWire

/// OTLP in JSON.
extension ForwardBodies {
    /// Events: spans as spans, all others as log records, by their components.
    static func otlp(_ events: [Event]) -> [Body] {
        let spans = events.filter { $0.signal == "otel.span" && TraceSpan($0) != nil }
        let logs = events.filter { $0.signal != "otel.span" || TraceSpan($0) == nil }
        var bodies: [Body] = []
        if !logs.isEmpty { bodies.append(body("logs", "resourceLogs", "scopeLogs", "logRecords", logs, record)) }
        if !spans.isEmpty {
            bodies.append(body("traces", "resourceSpans", "scopeSpans", "spans", spans) { span($0) })
        }
        return bodies
    }

    private static func body(
        _ path: String, _ outer: String, _ scope: String, _ inner: String, _ events: [Event], _ make: (Event) -> String
    ) -> Body {
        let groups = Dictionary(grouping: events) { $0.component ?? "" }.sorted { $0.key < $1.key }
        let resources = groups.map { component, events in
            let name = component.isEmpty ? [] : [attribute("service.name", .string(component))]
            let items = JSONLine.array(events.map(make))
            return "{\"resource\":{\"attributes\":\(JSONLine.array(name))},\"\(scope)\":[{\"scope\":{\"name\":\"varve\"},"
                + "\"\(inner)\":\(items)}]}"
        }
        return json(path, "{\"\(outer)\":\(JSONLine.array(resources))}")
    }

    private static func json(_ path: String, _ text: String) -> Body {
        Body(suffix: "/v1/\(path)", bytes: Array(text.utf8), headers: [("Content-Type", "application/json")])
    }

    private static func attribute(_ name: String, _ value: Value) -> String {
        var line = JSONLine()
        line.field("key", name)
        line.field("value", json: any(value))
        return line.text
    }

    private static func any(_ value: Value) -> String {
        switch value {
        case .string(let text), .json(let text): "{\"stringValue\":\(JSONLine.string(text))}"
        case .int64(let number): "{\"intValue\":\"\(number)\"}"
        case .double(let number): "{\"doubleValue\":\(number)}"
        case .bool(let flag): "{\"boolValue\":\(flag)}"
        }
    }

    private static func record(_ event: Event) -> String {
        var line = JSONLine()
        line.field("timeUnixNano", "\(event.time.nanoseconds)")
        if let observed = event.observed { line.field("observedTimeUnixNano", "\(observed.nanoseconds)") }
        let message = event.text("message") ?? event.text("body")
        if let level = event.text("level") ?? event.text("severity_text") { line.field("severityText", level) }
        line.field("eventName", event.signal)
        if let message { line.field("body", json: any(.string(message))) }
        let own = event.attributes.filter { $0.name != "message" && $0.name != "level" }
        var attributes = own.map { attribute($0.name, $0.value) }
        for (name, text) in [("event.id", event.id), ("session.id", event.session), ("user.id", event.user)] {
            if let text { attributes.append(attribute(name, .string(text))) }
        }
        line.field("attributes", json: JSONLine.array(attributes))
        return line.text
    }

    private static let kinds = ["internal": 1, "server": 2, "client": 3, "producer": 4, "consumer": 5]

    private static func span(_ event: Event) -> String {
        guard let span = TraceSpan(event) else { return "{}" }
        var line = JSONLine()
        line.field("traceId", span.traceID)
        line.field("spanId", span.spanID)
        if let parent = span.parentID { line.field("parentSpanId", parent) }
        line.field("name", span.name)
        line.field("kind", kinds[span.kind] ?? 0)
        line.field("startTimeUnixNano", "\(span.start)")
        line.field("endTimeUnixNano", "\(span.end)")
        line.field("status", json: span.isError ? "{\"code\":2}" : span.status == "ok" ? "{\"code\":1}" : "{}")
        let own = span.attributes.filter { $0.name != "events" && $0.name != "links" }
        line.field("attributes", json: JSONLine.array(own.map { attribute($0.name, $0.value) }))
        return line.text
    }

    /// Samples as gauges.
    static func otlp(_ samples: [ForwardSample]) -> Body {
        let metrics = Dictionary(grouping: samples, by: \.name).sorted { $0.key < $1.key }.map { name, samples in
            let points = samples.map { sample in
                var point = JSONLine()
                let (nanoseconds, overflow) = sample.milliseconds.multipliedReportingOverflow(by: 1_000_000)
                point.field("timeUnixNano", "\(overflow ? 0 : nanoseconds)")
                point.field("asDouble", sample.value)
                point.field("attributes", json: JSONLine.array(sample.labels.map { attribute($0.name, .string($0.value)) }))
                return point.text
            }
            return "{\"name\":\(JSONLine.string(name)),\"gauge\":{\"dataPoints\":\(JSONLine.array(points))}}"
        }
        let scope = "{\"scope\":{\"name\":\"varve\"},\"metrics\":\(JSONLine.array(metrics))}"
        return json("metrics", "{\"resourceMetrics\":[{\"resource\":{},\"scopeMetrics\":[\(scope)]}]}")
    }
}
