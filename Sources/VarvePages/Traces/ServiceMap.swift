internal import VarveCharts
internal import VarveProjections
internal import VarveViews

/// Which service calls which, how often, how often in vain, and how long it takes: a drawing, and the same as a table.
struct ServiceMap: Panel {
    private struct Edge {
        var from: String
        var to: String
        var row: ViewRow
        var calls: Double
    }

    /// The calls that are drawn; the table has more.
    private static let edgesMax = 24
    private static let rowsMax = 60

    private func ask(_ context: PageContext) -> Ask {
        let span = context.span("otel_edges")
        return Ask(
            "otel_edges", .all, by: ["service", "peer"], from: span.from, to: span.to, limit: Self.rowsMax, sort: "calls:desc")
    }

    func asks(_ context: PageContext) -> [Ask] { context.views["otel_edges"] == nil ? [] : [ask(context)] }

    func html(_ context: PageContext, _ answers: PageAnswers, into main: inout Markup) {
        guard context.views["otel_edges"] != nil else { return }
        let asked = ask(context)
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2") { head in
                head.text("Service map ")
                head.tag("small", ["class": "m"], text: "calls between services in the range, the most frequent")
            }
            if let problem = answers.problem(asked) {
                return panel.tag("div", ["class": "err", "role": "alert"]) { $0.tag("p", text: problem.sentence) }
            }
            guard let answered = answers[asked], !answered.rows.isEmpty else {
                return Empty(context: context).html("otel_edges", into: &panel)
            }
            let edges = answered.rows.map { row in
                Edge(
                    from: row["service"]?.text ?? "none", to: row["peer"]?.text ?? "not named", row: row,
                    calls: row["calls"]?.number ?? 0)
            }
            draw(Array(edges.prefix(Self.edgesMax)), answered, &panel)
            if edges.count > Self.edgesMax {
                panel.tag("p", ["class": "m s"], text: "The \(Self.edgesMax) most frequent of \(edges.count) calls are drawn.")
            }
            let state = context.state
            let link: @Sendable (ViewRow, String) -> String? = { row, column in
                guard column == "service", let service = row["service"]?.text else { return nil }
                return state.page("/traces", [.init("service", service)]).link
            }
            RowsTable(
                columns: ["service", "peer", "calls", "per_second", "errors", "error_rate", "p95_ms"], label: "Calls", link: link
            ).html(answered, answered.rows, into: &panel)
        }
    }

    // MARK: The drawing

    private struct Layout {
        var column: [String: Int] = [:]
        var row: [String: Int] = [:]
        var columns = 1
        var rows = 1

        /// A service stands right of those that call it. Calls in a circle are cut where the circle closes.
        init(_ edges: [Edge]) {
            let names = Set(edges.flatMap { [$0.from, $0.to] }).sorted()
            var callers: [String: Set<String>] = [:]
            for edge in edges where edge.from != edge.to { callers[edge.to, default: []].insert(edge.from) }
            func depth(_ name: String, _ path: Set<String>) -> Int {
                if let known = column[name] { return known }
                guard !path.contains(name), path.count < 12 else { return 0 }
                let inside = path.union([name])
                let above = (callers[name] ?? []).sorted().filter { !inside.contains($0) }.map { depth($0, inside) + 1 }
                let found = min(above.max() ?? 0, 5)
                if path.isEmpty { column[name] = found }
                return found
            }
            for name in names { column[name] = depth(name, []) }
            var filled: [Int: Int] = [:]
            for name in names {
                let at = column[name] ?? 0
                row[name] = filled[at, default: 0]
                filled[at, default: 0] += 1
            }
            columns = (column.values.max() ?? 0) + 1
            rows = filled.values.max() ?? 1
        }

        func x(_ name: String) -> Double { (Double(column[name] ?? 0) + 0.5) / Double(columns) }
        func y(_ name: String) -> Double {
            let own = column.filter { $0.value == column[name] }.count
            return (Double(row[name] ?? 0) + 0.5) / Double(max(1, own)) * Double(rows) * 56
        }
    }

    private func draw(_ edges: [Edge], _ answered: Answered, _ panel: inout Markup) {
        let layout = Layout(edges)
        let most = edges.map(\.calls).max() ?? 1
        let told = edges.prefix(8).map { "\($0.from) calls \($0.to)" }.joined(separator: "; ")
        let height = "\(layout.rows * 56)"
        panel.tag("svg", ["class": "map plot", "height": height, "role": "img", "aria-label": "Service map: \(told)"]) { svg in
            var labels: [(x: Double, y: Double)] = []
            for edge in edges where edge.from != edge.to {
                let (x1, x2) = (layout.x(edge.from), layout.x(edge.to))
                let (y1, y2) = (layout.y(edge.from), layout.y(edge.to))
                let width = 1 + 4 * (most > 0 ? (edge.calls / most).squareRoot() : 0)
                svg.shape(
                    "line",
                    [
                        "class": (edge.row["errors"]?.number ?? 0) > 0 ? "call bad" : "call", "x1": NumberText.share(x1),
                        "x2": NumberText.share(x2),
                        "y1": coordinate(y1), "y2": coordinate(y2), "stroke-width": NumberText.grouped(width, decimals: 1),
                    ])
                let place = Self.free((x1 + (x2 - x1) * 0.55, y1 + (y2 - y1) * 0.55 - 4), labels)
                labels.append(place)
                svg.tag(
                    "text",
                    ["class": "t3 halo", "x": NumberText.share(place.x), "y": coordinate(place.y), "text-anchor": "middle"],
                    text: words(edge, answered))
            }
            for name in layout.column.keys.sorted() { node(name, layout, &svg) }
        }
    }

    /// A place near the wanted one where no label lies: labels are one line high, and a fifth of the drawing wide at most.
    static func free(_ wanted: (x: Double, y: Double), _ taken: [(x: Double, y: Double)]) -> (x: Double, y: Double) {
        for step in 0..<12 {
            let y = wanted.y + Double((step + 1) / 2) * (step % 2 == 0 ? 16 : -16)
            guard y >= 12 else { continue }
            if !taken.contains(where: { abs($0.x - wanted.x) < 0.22 && abs($0.y - y) < 16 }) { return (wanted.x, y) }
        }
        return wanted
    }

    private func node(_ name: String, _ layout: Layout, _ svg: inout Markup) {
        let (x, y) = (layout.x(name), layout.y(name))
        svg.shape("circle", ["class": "ring", "cx": NumberText.share(x), "cy": coordinate(y), "r": "6"])
        svg.tag(
            "text", ["class": "i halo", "x": NumberText.share(x), "y": coordinate(y + 20), "text-anchor": "middle"],
            text: MetricWords.cut(name, to: 22))
    }

    /// `12.3 /s, 2.1 %, 340 ms`.
    private func words(_ edge: Edge, _ answered: Answered) -> String {
        ["per_second", "error_rate", "p95_ms"].compactMap { column in
            edge.row[column]?.number.map { answered.unit(column).text($0) }
        }.joined(separator: ", ")
    }

    private func coordinate(_ value: Double) -> String { "\(Int(max(0, min(value, 100_000)).rounded()))" }
}
