internal import VarveCharts
internal import VarveEvents
internal import VarveProjections
internal import VarveWorkspace

/// The rows of a view over the range, the largest first.
struct RowsPanel: Panel {
    var title: String
    /// Beside the title.
    var note = ""
    var view: String
    var by: [String]
    var columns: [String]
    var sort: String
    var top = 10
    var span = "c6"
    var filters: [String] = []
    /// What happens when nothing is there; the panel is left out when it is nil.
    var empty: String? = ""
    /// The dimension whose values link to the events.
    var drills = true

    func ask(_ context: PageContext) -> Ask {
        let span = context.span(view)
        return Ask(
            view, .all, by: by, where: filters, from: span.from, to: span.to, limit: top,
            sort: sort.contains(":") ? sort : sort + ":desc")
    }

    func asks(_ context: PageContext) -> [Ask] { [ask(context)] }

    func html(_ context: PageContext, _ answers: PageAnswers, into main: inout Markup) {
        guard context.views[view] != nil else { return }
        let asked = ask(context)
        let (answered, problem) = (answers[asked], answers.problem(asked))
        if empty == nil, problem == nil, answered?.rows.isEmpty ?? true { return }
        main.tag("section", ["class": "panel \(span)"]) { panel in
            panel.tag("h2") { head in
                head.text(title + " ")
                if !note.isEmpty { head.tag("small", ["class": "m"], text: note) }
                let items = [PageState.Item("view", view), .init("by", by.joined(separator: ",")), .init("show", "table")]
                head.tag("small", ["class": "r"]) {
                    $0.tag("a", ["href": context.state.page("/explore", items).link], text: "All rows")
                }
            }
            if let problem {
                panel.tag("div", ["class": "err", "role": "alert"]) { $0.tag("p", text: problem.sentence) }
                return
            }
            guard let answered, !answered.rows.isEmpty else {
                Empty(context: context).html(view, into: &panel)
                return
            }
            let state = context.state
            let link: @Sendable (ViewRow, String) -> String? = { row, column in
                guard by.contains(column), let text = row[column]?.text, text != ViewValue.otherName else { return nil }
                let explore = [PageState.Item("view", view), .init("where", "\(column)=\(Quoted.text(text))")]
                return state.page("/explore", explore).link
            }
            let bar = sort.split(separator: ":").first.map(String.init)
            RowsTable(
                columns: by + columns, label: title, link: drills ? link : nil, onPhones: 3,
                bar: columns.count < (span == "c4" ? 3 : 4) ? bar : nil
            )
            .html(answered, answered.rows, into: &panel)
        }
    }
}

/// A value as a condition has it.
enum Quoted {
    static func text(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.allSatisfy { $0.isLetter || $0.isNumber || "_-./:".contains($0) }
        guard !isPlain else { return value }
        return "\"" + value.reduce(into: "") { $0 += $1 == "\"" || $1 == "\\" ? "\\\($1)" : "\($1)" } + "\""
    }
}

/// A panel without rows: what would be here, and how it gets here.
struct Empty {
    let context: PageContext

    func html(_ view: String, into panel: inout Markup) {
        panel.tag("div", ["class": "empty"]) { box in
            box.tag("p") { line in
                line.tag("b", text: "Nothing in this range. ")
                line.text(context.views[view]?.meaning.map { "Here would be: \($0)." } ?? "")
            }
            box.tag("p", ["class": "m"]) { line in
                line.tag("a", ["href": context.state.page("/views/" + PageState.encode(view)).link], text: "What feeds \(view)")
                line.text(", or a longer range: ")
                let month = context.state.setting(["from": "now-30d", "to": nil, "bucket": nil])
                line.tag("a", ["href": month.link], text: "30 d")
            }
        }
    }
}
