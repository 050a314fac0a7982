internal import VarveCharts
internal import VarveEvents
internal import VarveProjections

/// A view by weekday and hour, over four weeks.
struct HeatPanel: Panel {
    var id: String
    var title: String
    var view: String
    var column: String
    /// A dimension that holds the hour of the week, from 0 on Monday; nil to take it from hours.
    var dimension: String?
    var span = "c6"
    private static let hour: Int64 = 3_600_000_000_000

    private func ask(_ context: PageContext) -> Ask {
        let day = 24 * Self.hour
        let to = PageRange.up(context.range.to, dimension == nil ? Self.hour : day)
        let from = Timestamp(nanoseconds: to.nanoseconds - 28 * day)
        return Ask(view, dimension == nil ? .hour : .all, by: dimension.map { [$0] } ?? [], from: from, to: to)
    }

    func asks(_ context: PageContext) -> [Ask] { context.views[view] == nil ? [] : [ask(context)] }

    func html(_ context: PageContext, _ answers: PageAnswers, into main: inout Markup) {
        guard let answered = answers[ask(context)], !answered.rows.isEmpty else { return }
        let unit = answered.unit(column)
        var sums: [[(sum: Double, count: Int)]] = Array(repeating: Array(repeating: (0, 0), count: 24), count: 7)
        for row in answered.rows {
            guard let value = row[column]?.number, let place = place(row) else { continue }
            sums[place.day][place.hour].sum += value
            sums[place.day][place.hour].count += 1
        }
        // Hours of one name are added up where they are counted, and averaged where they are shares.
        let cells = sums.map { day in
            day.map { cell -> Double? in cell.count == 0 ? nil : unit == .count ? cell.sum : cell.sum / Double(cell.count) }
        }
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let map = Heatmap(id: id, unit: unit, rows: days, cells: cells) { $0 < 10 ? "0\($0)" : "\($0)" }
        main.tag("section", ["class": "panel \(span)"]) { panel in
            panel.tag("figure", ["class": "chart", "id": id]) { figure in
                figure.tag("div", ["class": "hd"]) { head in
                    head.tag("h2", ["id": "\(id)-t"], text: title)
                    head.tag("small", ["class": "m"], text: "by weekday and hour, UTC, four weeks")
                }
                figure.tag("p", ["class": "take s", "id": "\(id)-d"], text: Self.sentence(cells, days, unit))
                map.svg(into: &figure)
                map.key(into: &figure)
                table(cells, days, unit, &figure)
            }
        }
    }

    private func place(_ row: ViewRow) -> (day: Int, hour: Int)? {
        if let dimension {
            guard let number = row[dimension]?.number, (0..<168).contains(number) else { return nil }
            return (Int(number) / 24, Int(number) % 24)
        }
        guard let time = row.time else { return nil }
        let parts = ClockText.parts(time.nanoseconds)
        return (parts.weekday, parts.hour)
    }

    private static func sentence(_ cells: [[Double?]], _ days: [String], _ unit: ChartUnit) -> String {
        var best: (day: Int, hour: Int, value: Double)?
        for (day, hours) in cells.enumerated() {
            for (hour, value) in hours.enumerated() {
                guard let value, value > best?.value ?? -.infinity else { continue }
                best = (day, hour, value)
            }
        }
        guard let best else { return "No data." }
        let hour = best.hour < 10 ? "0\(best.hour)" : "\(best.hour)"
        return
            "Highest on \(days[best.day]) at \(hour):00: \(unit.text(best.value)). Rings mark the four highest; hatched: no data."
    }

    private func table(_ cells: [[Double?]], _ days: [String], _ unit: ChartUnit, _ figure: inout Markup) {
        figure.tag("details") { details in
            details.tag("summary", text: "Table, 7 rows")
            details.tag("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": "\(title), table"]) {
                scroll in
                scroll.tag("table") { table in
                    table.tag("thead") { head in
                        head.tag("tr") { line in
                            line.tag("th", ["scope": "col"], text: "Day")
                            for hour in 0..<24 { line.tag("th", ["scope": "col", "class": "n"], text: "\(hour)") }
                        }
                    }
                    table.tag("tbody") { body in
                        for (day, name) in days.enumerated() {
                            body.tag("tr") { line in
                                line.tag("th", ["scope": "row"], text: name)
                                for value in cells[day] {
                                    line.tag("td", ["class": "n"], text: value.map { unit.axis($0) } ?? "–")
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
