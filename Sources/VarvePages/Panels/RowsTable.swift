internal import VarveCharts
internal import VarveEvents
internal import VarveProjections

/// Rows as a table; numbers at the right, with their units.
struct RowsTable {
    /// Columns behind the time, where rows have one.
    var columns: [String]
    var label: String
    /// A link for a cell; nil for none.
    var link: (@Sendable (ViewRow, String) -> String?)?
    /// How many columns a phone shows; nil for all, which scroll.
    var onPhones: Int?
    /// The column whose bar is drawn.
    var bar: String?
    /// The column that says how a thing stands, in a word.
    var statusColumn: String?

    func html(_ answered: Answered, _ rows: [ViewRow], into page: inout Markup) {
        let hasTime = rows.contains { $0.time != nil } && !columns.contains("time")
        let texts = Set(columns.filter { column in !rows.contains { $0[column]?.number != nil } })
        page.tag("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": "\(label), table"]) { scroll in
            scroll.tag("table", answered.scope) { table in
                table.tag("thead") { head in
                    head.tag("tr") { line in
                        if hasTime { line.tag("th", ["scope": "col"], text: "Time, UTC") }
                        for (index, column) in columns.enumerated() {
                            line.tag(
                                "th", ["scope": "col", "class": looks(index, texts.contains(column))],
                                text: MetricWords.name(column))
                            guard column == bar else { continue }
                            line.tag("th", ["class": "wb"]) { $0.tag("span", ["class": "vh"], text: "Share of the greatest") }
                        }
                    }
                }
                table.tag("tbody") { body in
                    let greatest = bar.map { column in rows.compactMap { $0[column]?.number }.max() ?? 0 } ?? 0
                    for row in rows { line(row, answered, hasTime, texts, greatest, &body) }
                }
            }
        }
    }

    private func line(
        _ row: ViewRow, _ answered: Answered, _ hasTime: Bool, _ texts: Set<String>, _ greatest: Double, _ body: inout Markup
    ) {
        body.tag("tr") { line in
            if hasTime, let time = row.time {
                line.tag("td") {
                    $0.tag("time", ["datetime": BucketText.iso(time)], text: ClockText.dayAndTime(time.nanoseconds))
                }
            }
            for (index, column) in columns.enumerated() {
                let status = answered.status(row, column)
                line.tag("td", ["class": looks(index, texts.contains(column))]) { cell in
                    if let status, status != .ok {
                        cell.tag("span", ["class": "st dot", "data-status": status.rawValue]) {
                            $0.tag("span", ["class": "vh"], text: status.word + " ")
                        }
                    }
                    if column == statusColumn, let word = row[column]?.text {
                        let status = StateWords.status(word)
                        cell.tag("span", ["class": "st", "data-status": status.rawValue], text: word)
                    } else if let target = link?(row, column) {
                        cell.tag("a", ["href": target]) { answered.value(row, column, into: &$0) }
                    } else {
                        answered.value(row, column, into: &cell)
                    }
                }
                if column == bar { self.bar(row, column, greatest, &line) }
            }
        }
    }

    /// The class of a column's cells: numbers stand at the right, and what a phone has no room for goes.
    private func looks(_ index: Int, _ isText: Bool) -> String? {
        let isLeftOut = onPhones.map { index >= $0 } ?? false
        return isText ? (isLeftOut ? "opt" : nil) : (isLeftOut ? "n opt" : "n")
    }

    private func bar(_ row: ViewRow, _ column: String, _ greatest: Double, _ line: inout Markup) {
        line.tag("td", ["class": "wb"]) { cell in
            let share = greatest > 0 ? max(0, (row[column]?.number ?? 0) / greatest) : 0
            cell.tag("svg", ["class": "hbar", "height": "10", "aria-hidden": "true"]) { svg in
                svg.shape("rect", ["class": "fr", "width": "100%", "height": "10"])
                svg.shape("rect", ["class": "f1", "width": NumberText.grouped(share * 100, decimals: 1) + "%", "height": "10"])
            }
        }
    }
}
