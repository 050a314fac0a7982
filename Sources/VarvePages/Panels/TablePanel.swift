internal import VarveCharts
internal import VarveProjections

/// Rows of a sequential view: things with a state, sessions.
struct TablePanel: Panel {
    var title: String
    var note = ""
    var view: String
    var table: String?
    var columns: [String]
    var sort: String?
    var filters: [String] = []
    var top = 20
    var span = "c6"
    /// What is said of a thing's state.
    var statusColumn: String?
    /// Whether it is left out when it is empty.
    var isOptional = false
    /// The page of a row.
    var link: (@Sendable (ViewRow, String, PageState) -> String?)?

    func ask() -> Ask { Ask.table(view, table, where: filters, sort: sort, limit: top) }
    func asks(_ context: PageContext) -> [Ask] { context.views[view] == nil ? [] : [ask()] }

    func html(_ context: PageContext, _ answers: PageAnswers, into main: inout Markup) {
        guard context.views[view] != nil else { return }
        let answered = answers[ask()]
        if isOptional, answered?.rows.isEmpty ?? true { return }
        main.tag("section", ["class": "panel \(span)"]) { panel in
            panel.tag("h2") { head in
                head.text(title + " ")
                if !note.isEmpty { head.tag("small", ["class": "m"], text: note) }
                head.tag("small", ["class": "r"]) {
                    $0.tag("a", ["href": context.state.page("/views/" + PageState.encode(view)).link], text: view)
                }
            }
            guard let answered, !answered.rows.isEmpty else {
                Empty(context: context).html(view, into: &panel)
                return
            }
            let state = context.state
            let link = self.link
            let target: @Sendable (ViewRow, String) -> String? = { row, column in link?(row, column, state) }
            RowsTable(columns: columns, label: title, link: target, onPhones: 3, statusColumn: statusColumn)
                .html(answered, answered.rows, into: &panel)
        }
    }
}

/// Words that things with a state have for it, as one of the four.
enum StateWords {
    static func status(_ word: String) -> ChartStatus {
        switch word.lowercased() {
        case "healthy", "ok", "pass", "normal", "resolved", "closed", "completed", "enabled", "connected", "up": .ok
        case "warning", "degraded", "investigating", "identified", "monitoring", "in-progress", "planned", "slow": .warning
        case "unhealthy", "failed", "fail", "critical", "open", "active", "down", "error", "disconnected": .critical
        default: .none
        }
    }
}
