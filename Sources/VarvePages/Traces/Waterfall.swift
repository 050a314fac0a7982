internal import VarveCharts

/// The spans of a trace below each other, each as long as it took and where it ran; the critical path is underlined.
struct Waterfall {
    let context: PageContext
    let trace: ShownTrace

    /// A span, or several alike that follow each other and have no children.
    private struct Row {
        var span: ShownSpan
        var count = 1
        var length: Int64
        var own: Int64
        var end: Int64
    }

    /// More spans are put together where they are alike; more rows than that are left out.
    private static let foldsAbove = 200
    private static let rowsMax = 240

    private var rows: [Row] {
        var rows: [Row] = []
        let spans = trace.spans
        for (index, span) in spans.enumerated() {
            let isLeaf = index + 1 >= spans.count || spans[index + 1].depth <= span.depth
            let end = span.start &+ span.length
            if spans.count > Self.foldsAbove, isLeaf, let last = rows.last, last.span.name == span.name,
                last.span.service == span.service, last.span.depth == span.depth, last.span.parent == span.parent,
                last.span.isError == span.isError, last.span.isCritical == span.isCritical, index > 0,
                spans[index - 1].depth == span.depth
            {
                rows[rows.count - 1].count += 1
                rows[rows.count - 1].length = last.length &+ span.length
                rows[rows.count - 1].own = last.own &+ span.own
                rows[rows.count - 1].end = max(last.end, end)
            } else {
                rows.append(Row(span: span, length: span.length, own: span.own, end: end))
            }
        }
        return rows
    }

    /// A colour for each service, by the order in which they come.
    private var colours: [String: Int] {
        var colours: [String: Int] = [:]
        for span in trace.spans where colours[span.service] == nil {
            colours[span.service] = min(colours.count, Palette.seriesMax - 1) + 1
        }
        return colours
    }

    func html(into main: inout Markup) {
        let (rows, colours) = (rows, colours)
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2") { head in
                head.text("Waterfall ")
                head.tag("small", ["class": "m"], text: "the line below a bar marks the critical path")
            }
            panel.tag("ul", ["class": "key on"]) { key in
                for service in colours.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }).prefix(8) {
                    key.tag("li") { item in
                        item.tag("svg", ["aria-hidden": "true"]) {
                            $0.shape("rect", ["class": "f\(service.value)", "width": "14", "height": "8"])
                        }
                        item.text(service.key.isEmpty ? "not named" : service.key)
                    }
                }
            }
            panel.tag("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": "Spans, table"]) { scroll in
                scroll.tag("table", ["class": "wf"]) { table in
                    head(&table)
                    table.tag("tbody") { body in
                        for row in rows.prefix(Self.rowsMax) { line(row, colours, &body) }
                    }
                }
            }
            if rows.count > Self.rowsMax {
                panel.tag(
                    "p", ["class": "m s"], text: "\(rows.count - Self.rowsMax) rows more; /api/v1/traces/\(trace.id) has all.")
            }
        }
    }

    private func head(_ table: inout Markup) {
        table.tag("thead") { head in
            head.tag("tr") { line in
                line.tag("th", ["scope": "col"], text: "Span, service")
                line.tag("th", ["scope": "col", "class": "n"], text: "Took")
                line.tag("th", ["scope": "col", "class": "n"], text: "Self")
                line.tag("th", ["class": "bar"]) { cell in
                    cell.tag("span", ["class": "vh"], text: "When, from 0 to \(SpanText.length(trace.length))")
                    cell.tag("svg", ["height": "16", "aria-hidden": "true"]) { svg in
                        for quarter in 0...4 {
                            let share = Double(quarter) / 4
                            svg.tag(
                                "text",
                                [
                                    "class": quarter == 0 || quarter == 4 ? "t1" : "t3", "x": NumberText.share(share), "y": "12",
                                    "text-anchor": quarter == 0 ? "start" : quarter == 4 ? "end" : "middle",
                                ], text: quarter == 0 ? "0" : SpanText.length(Int64(Double(trace.length) * share)))
                        }
                    }
                }
            }
        }
    }

    private func line(_ row: Row, _ colours: [String: Int], _ body: inout Markup) {
        let span = row.span
        let isChosen = span.id == context.state.first("sel")
        body.tag("tr", ["class": isChosen ? "sel" : nil]) { line in
            line.tag("th", ["scope": "row", "class": span.depth > 0 ? "d\(min(span.depth, 8))" : nil]) { cell in
                let link = context.state.setting(["sel": span.id]).link + "#span"
                let name = span.name.isEmpty ? span.id : MetricWords.cut(span.name, to: 60)
                cell.tag("a", ["href": link, "aria-current": isChosen ? "true" : nil], text: name)
                if row.count > 1 { cell.tag("b", text: " ×\(row.count)") }
                cell.tag("small", ["class": "m"], text: " \(span.service)")
                if span.isError {
                    cell.text(" ")
                    cell.tag("span", ["class": "st", "data-status": "critical"], text: "failed")
                }
                if let parent = span.parent, trace.missing.contains(parent) {
                    cell.text(" ")
                    cell.tag("span", ["class": "st", "data-status": "none"], text: "parent \(parent.prefix(8)) missing")
                }
            }
            line.tag("td", ["class": "n"], text: SpanText.length(row.length))
            line.tag("td", ["class": "n m"], text: SpanText.length(row.own))
            line.tag("td", ["class": "bar"]) { bar(row, colours[span.service] ?? 1, &$0) }
        }
    }

    private func bar(_ row: Row, _ colour: Int, _ cell: inout Markup) {
        let whole = Double(max(1, trace.length))
        let left = min(1, max(0, Double(row.span.start &- trace.start) / whole))
        let width = max(0.0025, min(1 - left, Double(row.end &- row.span.start) / whole))
        cell.tag("svg", ["height": "22", "aria-hidden": "true"]) { svg in
            for quarter in 1...3 {
                let at = NumberText.share(Double(quarter) / 4)
                svg.shape("line", ["class": "gl", "x1": at, "x2": at, "y1": "0", "y2": "22"])
            }
            svg.shape(
                "rect",
                ["class": "f\(colour)", "x": NumberText.share(left), "y": "4", "width": NumberText.share(width), "height": "12"])
            guard row.span.isCritical else { return }
            svg.shape(
                "rect", ["class": "cp", "x": NumberText.share(left), "y": "18", "width": NumberText.share(width), "height": "3"])
        }
    }
}
