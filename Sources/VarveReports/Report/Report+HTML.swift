internal import VarveCharts
internal import VarveWire

extension Report {
    /// One file with everything in it: no script, nothing is fetched.
    var html: String {
        var page = Markup()
        page.doctype()
        page.tag("html", ["lang": "en"]) { html in
            html.tag("head") { head in
                head.void("meta", ["charset": "utf-8"])
                head.void("meta", ["name": "viewport", "content": "width=device-width,initial-scale=1"])
                head.void("meta", ["name": "varve-offset", "content": "\(offset)"])
                head.tag("title", text: title)
                head.tag("style", text: Self.style)
            }
            html.tag("body") { body in
                body.tag("main") { content(&$0) }
            }
        }
        page.line()
        return page.text
    }

    private func content(_ main: inout Markup) {
        main.tag("h1", text: title)
        main.tag("ul", ["class": "summary"]) { list in
            for sentence in summary { list.tag("li", text: sentence) }
        }
        if !actions.isEmpty {
            main.tag("h2", text: "What to do")
            main.tag("ol") { list in
                for action in actions {
                    list.tag("li") { item in
                        item.tag("p") { text in
                            text.tag("b", text: "\(action.impact.rawValue) impact, \(action.type): ")
                            text.text(action.text)
                        }
                        Self.table(action.evidence, &item)
                    }
                }
            }
        }
        for section in sections { Self.section(section, &main) }
        main.tag("p", ["class": "origin"], text: origin)
    }

    private static func section(_ section: ReportSection, _ main: inout Markup) {
        main.tag("section", ["id": section.id]) { part in
            part.tag("h2", text: section.title)
            for sentence in section.sentences { part.tag("p", text: sentence) }
            for chart in section.charts {
                let drawn = JSONLine.base64(Array(chart.file(width: 880, height: 300, theme: .light).utf8))
                part.tag("figure") { figure in
                    figure.void("img", ["src": "data:image/svg+xml;base64,\(drawn)", "alt": chart.summary, "width": "880"])
                    figure.tag("figcaption", text: chart.summary)
                }
            }
            for table in section.tables {
                if let title = table.title { part.tag("h3", text: title) }
                Self.table(table, &part)
            }
            if !section.links.isEmpty {
                part.tag("p") { line in
                    for link in section.links {
                        line.tag("a", ["href": link.path], text: link.text)
                        line.text(" ")
                    }
                }
            }
        }
    }

    private static func table(_ table: AnalysisTable, _ part: inout Markup) {
        guard !table.rows.isEmpty else { return part.tag("p", text: table.empty) }
        part.tag("table") { element in
            element.tag("thead") { head in
                head.tag("tr") { row in
                    for name in table.columns { row.tag("th", ["scope": "col"], text: words(name)) }
                }
            }
            element.tag("tbody") { body in
                for values in table.rows {
                    body.tag("tr") { row in
                        for (name, value) in zip(table.columns, values) {
                            row.tag("td", ["class": table.numbers.contains(name) ? "n" : nil], text: cell(value))
                        }
                    }
                }
            }
        }
    }

    private static let style = """
        body{font:15px/1.5 system-ui,sans-serif;margin:0;color:#1b1f24;background:#fff}
        main{max-width:60rem;margin:0 auto;padding:1rem}
        table{border-collapse:collapse;margin:.5rem 0 1rem;font-size:14px}
        th,td{text-align:left;padding:.2rem .6rem;border-bottom:1px solid #d5dae0;vertical-align:top}
        td.n{text-align:right;font-variant-numeric:tabular-nums}
        figure{margin:1rem 0}img{max-width:100%;height:auto}figcaption,.origin{color:#59636e;font-size:13px}
        .summary li{margin:.3rem 0}
        """
}
