internal import VarveCharts
internal import VarveEvents
internal import VarveProjections
internal import VarveViews
internal import VarveWorkspace

/// What `/explore` was asked: view, column, split, filters.
struct ExploreQuestion: Sendable {
    var view: ViewDescription
    var column: String
    var by: String?
    var filters: [String]
    var showsTable: Bool

    init?(_ context: PageContext) {
        let name = context.state.first("view") ?? "volume"
        guard let view = context.views[name] else { return nil }
        self.view = view
        let columns = Self.columns(view)
        let asked = context.state.first("column")
        column = asked.flatMap { columns.contains($0) ? $0 : nil } ?? ViewChart.leading(view)
        by = context.state.first("by").flatMap { view.dimensions.contains($0) ? $0 : nil }
        filters = context.state.all("where")
        showsTable = context.state.first("show") == "table"
    }

    /// The columns that can be drawn.
    static func columns(_ view: ViewDescription) -> [String] {
        (view.tables.first?.columns ?? []).filter { !$0.isDimension && $0.kind != .time && $0.kind != .list }.map(\.name)
    }

    var isSequential: Bool { view.buckets.isEmpty }

    func panel(_ context: PageContext) -> ChartPanel {
        ChartPanel(
            id: "ex", title: ViewChart.title(view.name, column, by), view: view.name, columns: [column], by: by, span: "",
            filters: filters, plotHeight: 260)
    }

    /// One row for each value of the split, over the whole range.
    func totals(_ context: PageContext) -> Ask {
        let span = context.span(view.name)
        let by = by.map { [$0] } ?? Array(view.dimensions.prefix(1))
        return Ask(
            view.name, .all, by: by, where: filters, from: span.from, to: span.to, limit: showsTable ? 200 : 20,
            sort: column + ":desc")
    }

    func before(_ context: PageContext) -> Ask {
        var ask = totals(context)
        guard let from = ask.from, let to = ask.to else { return ask }
        ask.to = from
        ask.from = .init(nanoseconds: from.nanoseconds - (to.nanoseconds - from.nanoseconds))
        ask.limit = 1_000
        return ask
    }

    /// The rows of a table without buckets.
    func table(_ context: PageContext) -> Ask {
        Ask.table(view.name, context.state.first("table"), where: filters, sort: context.state.first("sort"), limit: 100)
    }

    /// The same answer by command.
    func command(_ ask: Ask, _ context: PageContext) -> String {
        var words = ["varve view show \(view.name)"]
        if context.isPast { words.append("--at \(context.offset)") }
        for item in ask.items { words.append("--\(item.name) \(Self.shell(item.value))") }
        return words.joined(separator: " ") + " --json"
    }

    func request(_ ask: Ask, _ context: PageContext) -> String {
        let moment = context.isPast ? [PageState.Item("at", "\(context.offset)")] : []
        return "GET " + PageState(path: "/api/v1/views/\(PageState.encode(view.name))", items: ask.items + moment).link
    }

    /// As a word of a shell.
    static func shell(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || "_-./:,@".contains($0) }
        guard !isPlain else { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
