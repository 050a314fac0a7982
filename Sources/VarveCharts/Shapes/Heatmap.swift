/// Weekday by hour: six steps of one hue, a ring at the four highest, hatching where there is nothing.
public struct Heatmap: Sendable {
    public var id: String
    public var unit: ChartUnit
    public var rows: [String]
    /// One row for each name, all of one length.
    public var cells: [[Double?]]
    /// The name of a column.
    public var columnName: @Sendable (Int) -> String

    public init(
        id: String, unit: ChartUnit, rows: [String], cells: [[Double?]], columnName: @escaping @Sendable (Int) -> String
    ) {
        self.id = id
        self.unit = unit
        self.rows = rows
        self.cells = cells
        self.columnName = columnName
    }

    private var values: [Double] { cells.flatMap { $0 }.compactMap { $0 }.filter { $0.isFinite } }
    private var greatest: Double { values.max() ?? 0 }

    /// The upper ends of the first five steps.
    public var limits: [Double] {
        (1...5).map { step in
            let limit = greatest * Double(step) / 6
            return unit == .count && greatest >= 12 ? limit.rounded() : limit
        }
    }

    private func step(_ value: Double) -> Int {
        greatest > 0 ? limits.firstIndex { value < $0 } ?? 5 : 0
    }

    public func svg(into page: inout Markup) {
        let columns = cells.map(\.count).max() ?? 0
        guard columns > 0 else { return }
        let rowHeight = 24.0
        let height = Double(rows.count) * rowHeight
        let peaks = Set(values.sorted(by: >).prefix(4)).filter { $0 > 0 }
        page.tag(
            "svg",
            [
                "class": "plot", "height": NumberText.coordinate(height + 22), "role": "img", "aria-labelledby": "\(id)-t",
                "aria-describedby": "\(id)-d",
            ]
        ) { svg in
            var rings: [(x: Double, y: Double)] = []
            for (row, name) in rows.enumerated() {
                let y = Double(row) * rowHeight
                svg.tag("text", ["x": "-8", "y": NumberText.coordinate(y + 16), "text-anchor": "end"], text: name)
                for (column, value) in cells[row].enumerated() {
                    let x = Double(column) / Double(columns)
                    svg.shape(
                        "rect",
                        [
                            "class": value.map { "h\(step($0))" } ?? "nod", "x": NumberText.percent(x),
                            "y": NumberText.coordinate(y + 1), "width": NumberText.percent(0.94 / Double(columns)),
                            "height": NumberText.coordinate(rowHeight - 2),
                        ])
                    if let value, peaks.contains(value) { rings.append((x + 0.47 / Double(columns), y + rowHeight / 2)) }
                }
            }
            for ring in rings.prefix(4) {
                svg.shape(
                    "circle",
                    ["class": "ring", "cx": NumberText.percent(ring.x), "cy": NumberText.coordinate(ring.y), "r": "3.5"])
            }
            for column in stride(from: 0, to: columns, by: 3) {
                svg.tag(
                    "text",
                    [
                        "class": column % 6 == 0 ? "t1" : "t2",
                        "x": NumberText.percent((Double(column) + 0.47) / Double(columns)),
                        "y": NumberText.coordinate(height + 16), "text-anchor": "middle",
                    ], text: columnName(column))
            }
        }
    }

    /// What the steps mean.
    public func key(into page: inout Markup) {
        page.tag("ul", ["class": "key on hk"]) { list in
            for step in 0...5 {
                list.tag("li") { item in
                    item.tag("svg", ["aria-hidden": "true"]) {
                        $0.shape("rect", ["class": "h\(step)", "width": "14", "height": "10"])
                    }
                    item.text(step < 5 ? "<" + unit.axis(limits[step]) : "≥" + unit.axis(limits[4]))
                }
            }
        }
    }
}
