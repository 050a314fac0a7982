internal import VarveCharts
internal import VarveEvents
internal import VarveLog

/// `/traces`: the service map, and the latest traces that are as wanted (C67).
struct TracesPage: LoadedPage {
    let title = "Traces"
    private var traces: [ShownTrace]?
    private let map = ServiceMap()
    private static let fields: Set<String> = ["service", "name", "min_duration", "error", "cursor"]

    init() {}

    func asks(_ context: PageContext) -> [Ask] { map.asks(context) + requests.asks(context) }

    private let requests = RowsPanel(
        title: "Requests answered", note: "by service and route", view: "otel_requests", by: ["service", "route"],
        columns: ["requests", "error_rate", "p95_ms"], sort: "requests", top: 10, span: "c6", empty: nil)

    private func question(_ context: PageContext) throws(PageProblem) -> TraceQuestion {
        var question = TraceQuestion()
        let state = context.state
        (question.service, question.name) = (state.first("service"), state.first("name"))
        (question.from, question.to) = (context.range.from, context.range.to)
        if let text = state.first("min_duration") {
            guard let least = context.sources.traces?.duration(text) else {
                throw .bad("min_duration", "min_duration is a time as 100ms, 1.5s or 20us, not “\(text)”")
            }
            question.least = least
        }
        switch state.first("error") {
        case nil, "0": break
        case "1", "true": question.errorsOnly = true
        case let text?: throw .bad("error", "error is 1 or 0, not “\(text)”")
        }
        return question
    }

    mutating func load(
        _ context: PageContext, _ answers: PageAnswers, _ events: EventList?, _ reading: PageReading
    ) async throws {
        guard let source = context.sources.traces else { return }
        let (question, end) = (try question(context), context.offset)
        traces = try await reading.question { try source.latest(question, $0, below: end) }
    }

    func body(_ context: PageContext, _ answers: PageAnswers, _ events: EventList?, into main: inout Markup) {
        form(context, &main)
        list(context, &main)
        map.html(context, answers, into: &main)
        requests.html(context, answers, into: &main)
    }

    private func form(_ context: PageContext, _ main: inout Markup) {
        let state = context.state
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2", ["class": "vh"], text: "Which traces")
            panel.tag("form", ["method": "get", "action": "/traces", "data-filter": ""]) { form in
                HiddenInputs.write(state, except: Self.fields, into: &form)
                form.tag("div", ["class": "f"]) { fields in
                    ActForm.field("t-service", "service", "Service", value: state.first("service") ?? "", into: &fields)
                    ActForm.field("t-name", "name", "Operation", value: state.first("name") ?? "", into: &fields)
                    ActForm.field(
                        "t-least", "min_duration", "Took at least", value: state.first("min_duration") ?? "", hint: "100ms",
                        into: &fields)
                    ActForm.choice(
                        "t-error", "error", "Failed", [("", "any"), ("1", "only failed")], chosen: state.first("error") ?? "",
                        into: &fields)
                    fields.tag("div") { $0.tag("button", ["class": "p"], text: "Show") }
                }
            }
        }
    }

    private func list(_ context: PageContext, _ main: inout Markup) {
        main.tag("section", ["class": "panel"]) { panel in
            let shown = traces ?? []
            panel.tag("h2") { head in
                head.text("Traces ")
                let note =
                    shown.count >= TraceQuestion().limit
                    ? "the latest \(shown.count) of the range" : "\(shown.count) in the range"
                head.tag("small", ["class": "m"], text: note)
            }
            guard traces != nil else {
                return panel.tag("p", ["class": "m"], text: "This program reads no traces.")
            }
            guard !shown.isEmpty else { return nothing(context, &panel) }
            table(shown, context, &panel)
        }
    }

    private func nothing(_ context: PageContext, _ panel: inout Markup) {
        panel.tag("div", ["class": "empty"]) { box in
            box.tag("p") { line in
                line.tag("b", text: "No trace of this range is as wanted. ")
                line.text("Spans come by OTLP, as every OpenTelemetry SDK sends them:")
            }
            let command = "OTEL_EXPORTER_OTLP_ENDPOINT=\(context.server.address) OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"
            box.tag("code", ["class": "cmd", "data-copy": ""], text: command)
            box.tag("p", ["class": "m"]) { line in
                line.text("Or a longer range: ")
                let month = context.state.setting(["from": "now-30d", "to": nil, "bucket": nil])
                line.tag("a", ["href": month.link], text: "30 d")
            }
        }
    }

    private func table(_ shown: [ShownTrace], _ context: PageContext, _ panel: inout Markup) {
        let longest = shown.map(\.length).max() ?? 1
        panel.tag("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": "Traces, table"]) { scroll in
            scroll.tag("table") { table in
                table.tag("thead") { head in
                    head.tag("tr") { line in
                        for (name, looks) in [
                            ("Began", "opt"), ("Trace", ""), ("Took", "n"), ("Spans", "n opt"), ("Services", "n opt"),
                            ("Failed", "n"),
                        ] {
                            line.tag("th", ["scope": "col", "class": looks], text: name)
                        }
                        line.tag("th", ["class": "wb opt"]) { $0.tag("span", ["class": "vh"], text: "Share of the longest") }
                    }
                }
                table.tag("tbody") { body in
                    for trace in shown { row(trace, longest, context, &body) }
                }
            }
        }
    }

    private func row(_ trace: ShownTrace, _ longest: Int64, _ context: PageContext, _ body: inout Markup) {
        body.tag("tr") { line in
            line.tag("td", ["class": "opt"]) {
                $0.tag("time", ["datetime": ClockText.iso(trace.start)], text: ClockText.dayAndTime(trace.start))
            }
            line.tag("th", ["scope": "row"]) { cell in
                let path = "/traces/" + PageState.encode(trace.id)
                let name = trace.root?.name ?? ""
                cell.tag("a", ["href": context.state.page(path).link], text: name.isEmpty ? String(trace.id.prefix(8)) : name)
                cell.tag("small", ["class": "m"], text: " \(trace.root?.service ?? "")")
            }
            line.tag("td", ["class": "n"], text: SpanText.length(trace.length))
            line.tag("td", ["class": "n opt"], text: NumberText.grouped(Double(trace.spans.count), decimals: 0))
            line.tag("td", ["class": "n opt"], text: "\(Set(trace.spans.map(\.service)).count)")
            line.tag("td", ["class": "n"]) { cell in
                guard trace.errors > 0 else { return cell.tag("span", ["class": "m"], text: "–") }
                cell.tag("span", ["class": "st", "data-status": "critical"], text: "\(trace.errors)")
            }
            line.tag("td", ["class": "wb opt"]) { cell in
                cell.tag("svg", ["class": "hbar", "height": "10", "aria-hidden": "true"]) { svg in
                    svg.shape("rect", ["class": "fr", "width": "100%", "height": "10"])
                    let share = longest > 0 ? Double(trace.length) / Double(longest) : 0
                    svg.shape(
                        "rect", ["class": "f1", "width": NumberText.grouped(share * 100, decimals: 1) + "%", "height": "10"])
                }
            }
        }
    }
}

/// Spans in words.
enum SpanText {
    static func length(_ nanoseconds: Int64) -> String { ChartUnit.milliseconds.text(Double(nanoseconds) / 1_000_000) }
}
