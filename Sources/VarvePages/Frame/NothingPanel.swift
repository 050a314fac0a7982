internal import VarveCharts

/// A page whose thing is not in the log: what is missing, why that may be, and where the others are.
struct NothingPanel {
    let what: String
    var why: String?
    var others: (text: String, link: String)?

    func html(into main: inout Markup) {
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("div", ["class": "empty"]) { box in
                box.tag("p") { line in
                    line.tag("b", text: what)
                    if let why { line.text(why) }
                    if let others { line.tag("a", ["href": others.link], text: others.text) }
                }
            }
        }
    }
}
