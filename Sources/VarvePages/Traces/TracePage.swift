internal import Foundation
internal import VarveCharts
internal import VarveEvents
internal import VarveLog

/// `/traces/{id}`: one trace: what took the time, what failed, what is missing, and the log lines of it.
struct TracePage: LoadedPage {
    let id: String
    private var trace: ShownTrace?

    init(id raw: String) { id = (raw.removingPercentEncoding ?? raw).lowercased() }

    var title: String {
        guard let name = trace?.root?.name, !name.isEmpty else { return "Trace \(id.prefix(8))" }
        return name
    }

    func asks(_ context: PageContext) -> [Ask] { [] }

    /// Digits as the log has them: 32, with zeros in front.
    private var whole: String? {
        guard (16...32).contains(id.utf8.count), id.allSatisfy(\.isHexDigit) else { return nil }
        return id.zeroPadded(32)
    }

    /// Log records that name the trace.
    func events(_ context: PageContext) throws(PageProblem) -> EventRead? {
        guard let whole else { return nil }
        var read = EventRead(below: context.offset, limit: 100, isNewestFirst: false)
        read.filter.signals = ["otel.log", "log.entry", "error.reported"]
        read.filter.conditions = [FieldCondition("trace_id", .equal, .text(whole))]
        return read
    }

    mutating func load(
        _ context: PageContext, _ answers: PageAnswers, _ events: EventList?, _ reading: PageReading
    ) async throws {
        guard let whole, let source = context.sources.traces else { return }
        let end = context.offset
        trace = try await reading.question { try source.trace(whole, $0, below: end) }
    }

    func say(_ context: PageContext, _ answers: PageAnswers) -> Say? {
        guard let trace else { return nil }
        var sentence = Markup()
        sentence.text(" after \(SpanText.length(trace.length)): \(trace.spans.count) spans")
        let services = trace.services
        if services.count > 1 { sentence.text(" in \(services.count) services") }
        if let most = services.max(by: { $0.critical < $1.critical }), trace.length > 0, most.critical > 0 {
            let share = ChartUnit.fraction.text(min(1, Double(most.critical) / Double(trace.length)))
            sentence.text("; \(most.name.isEmpty ? "one service" : most.name) took \(share) of the time on the critical path")
        }
        if !trace.missing.isEmpty { sentence.text("; \(trace.missing.count) parents are missing") }
        sentence.text(".")
        let isBad = trace.errors > 0
        let lead = trace.root?.isError ?? false ? "Failed" : isBad ? "\(trace.errors) spans failed, it ended" : "Ended"
        return Say(status: trace.root?.isError ?? false ? .critical : isBad ? .warning : .ok, lead: lead, sentence: sentence)
    }

    func body(_ context: PageContext, _ answers: PageAnswers, _ events: EventList?, into main: inout Markup) {
        guard let trace else { return nothing(context, &main) }
        facts(trace, context, &main)
        Waterfall(context: context, trace: trace).html(into: &main)
        services(trace, &main)
        if let span = trace.spans.first(where: { $0.id == context.state.first("sel") }) ?? trace.root {
            attributes(span, context, &main)
        }
        if let events, !events.items.isEmpty {
            Feed(title: "Log lines of this trace", note: "in the order of the log", context: context).html(events, into: &main)
        }
    }

    private func nothing(_ context: PageContext, _ main: inout Markup) {
        let later = context.isPast ? ", may have come later" : ""
        NothingPanel(
            what: whole == nil ? "“\(id)” is no trace's id. " : "The log has no span of this trace. ",
            why: whole == nil ? "An id has 16 to 32 hexadecimal digits. " : "Its spans may have expired\(later). ",
            others: ("All traces", context.state.page("/traces").link)
        ).html(into: &main)
    }

    private func facts(_ trace: ShownTrace, _ context: PageContext, _ main: inout Markup) {
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2", ["class": "vh"], text: "The trace")
            panel.tag("dl", ["class": "facts"]) { list in
                func fact(_ name: String, _ write: (inout Markup) -> Void) {
                    list.tag("div") { item in
                        item.tag("dt", text: name)
                        item.tag("dd") { write(&$0) }
                    }
                }
                fact("Trace") { $0.tag("code", text: trace.id) }
                fact("Began") { cell in
                    let text = "\(ClockText.day(trace.start)), \(ClockText.timeWithSeconds(trace.start))"
                    cell.tag("time", ["datetime": ClockText.iso(trace.start)], text: text)
                }
                fact("Took") { $0.text(SpanText.length(trace.length)) }
                fact("Spans") { $0.text("\(trace.spans.count), \(trace.errors) failed") }
                fact("Missing parents") { cell in
                    guard !trace.missing.isEmpty else { return cell.text("none") }
                    for (index, id) in trace.missing.prefix(6).enumerated() {
                        if index > 0 { cell.text(", ") }
                        cell.tag("code", text: id)
                    }
                    if trace.missing.count > 6 { cell.text(" and \(trace.missing.count - 6) more") }
                }
            }
            if let root = trace.root {
                panel.tag("p", ["class": "lk"]) { links in
                    let same = [PageState.Item("service", root.service), .init("name", root.name)]
                    links.tag("a", ["href": context.state.page("/traces", same).link], text: "Similar traces")
                    let events = [PageState.Item("where", "trace_id=\(trace.id)")]
                    links.tag("a", ["href": context.state.page("/events", events).link], text: "Its events in the log")
                }
            }
        }
    }

    private func services(_ trace: ShownTrace, _ main: inout Markup) {
        let services = trace.services
        let greatest = services.map(\.own).max() ?? 1
        main.tag("section", ["class": "panel c6"]) { panel in
            panel.tag("h2") { head in
                head.text("Where the time went ")
                head.tag("small", ["class": "m"], text: "by service")
            }
            panel.tag("table") { table in
                table.tag("thead") { head in
                    head.tag("tr") { line in
                        line.tag("th", ["scope": "col"], text: "Service")
                        line.tag("th", ["scope": "col", "class": "n"], text: "Self time")
                        line.tag("th", ["scope": "col", "class": "n"], text: "On the critical path")
                        line.tag("th", ["class": "wb"]) { $0.tag("span", ["class": "vh"], text: "Share of the greatest") }
                    }
                }
                table.tag("tbody") { body in
                    for service in services.prefix(20) {
                        body.tag("tr") { line in
                            line.tag("th", ["scope": "row"], text: service.name.isEmpty ? "not named" : service.name)
                            line.tag("td", ["class": "n"], text: SpanText.length(service.own))
                            line.tag("td", ["class": "n"], text: SpanText.length(service.critical))
                            line.tag("td", ["class": "wb"]) { bar(Double(service.own) / Double(max(1, greatest)), &$0) }
                        }
                    }
                }
            }
            panel.tag("p", ["class": "m s"], text: "Self time is spent in a span and in none of its children.")
        }
    }

    private func bar(_ share: Double, _ cell: inout Markup) {
        cell.tag("svg", ["class": "hbar", "height": "10", "aria-hidden": "true"]) { svg in
            svg.shape("rect", ["class": "fr", "width": "100%", "height": "10"])
            svg.shape("rect", ["class": "f1", "width": NumberText.grouped(share * 100, decimals: 1) + "%", "height": "10"])
        }
    }

    private func attributes(_ span: ShownSpan, _ context: PageContext, _ main: inout Markup) {
        main.tag("section", ["class": "panel c6", "id": "span"]) { panel in
            panel.tag("h2") { head in
                head.text((span.name.isEmpty ? span.id : span.name) + " ")
                head.tag("small", ["class": "m"], text: "the span that is chosen")
            }
            panel.tag("dl", ["class": "kv"]) { list in
                func fact(_ name: String, _ value: String) {
                    list.tag("dt", text: name)
                    list.tag("dd", text: value)
                }
                fact("span", span.id)
                fact("parent", span.parent ?? "none")
                fact("service", span.service)
                fact("kind", span.kind)
                fact("status", span.status)
                fact("took", "\(SpanText.length(span.length)), \(SpanText.length(span.own)) of it itself")
                for attribute in span.attributes.prefix(40) { fact(attribute.name, Self.text(attribute.value)) }
                if span.attributes.count > 40 { fact("further ones", "\(span.attributes.count - 40)") }
            }
        }
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .string(let text), .json(let text): MetricWords.cut(text, to: 300)
        case .int64(let number): "\(number)"
        case .double(let number): NumberText.shortest(number, decimals: 3)
        case .bool(let flag): flag ? "true" : "false"
        }
    }
}
