/// What the values look like.
extension ChartDrawing {
    func series(_ series: ChartSeries, _ index: Int, _ svg: inout Markup) {
        if series.isGhost { return line(series, className: "gh", &svg) }
        switch chart.kind {
        case .bars where chart.count <= 400: bars(series, index, &svg)
        case .bars, .area:
            area(series.values, nil, number(index), &svg)
            line(series, className: "ln k\(number(index))", &svg)
        case .line:
            if !series.low.isEmpty, !series.high.isEmpty { area(series.high, series.low, number(index), &svg) }
            line(series, className: "ln k\(number(index))", &svg)
        }
    }

    /// Which of the palette's colours a series has: those that are compared have none.
    func number(_ index: Int) -> Int {
        let before = chart.series.prefix(index).count(where: { !$0.isGhost })
        return before % Palette.seriesMax + 1
    }

    private func line(_ series: ChartSeries, className: String, _ svg: inout Markup) {
        let values = series.isGhost ? series.values : chart.drawn(series.values)
        var path = PathText()
        for line in PixelColumns.lines(values, columns: chart.columnsMax) {
            for (place, index) in line.enumerated() {
                guard let value = values[index] else { continue }
                let (x, y) = (canvas.unit(Double(2 * index + 1), of: units), axis.y(value))
                if line.count == 1 {
                    // A value alone is as wide as its bucket: a point would not be seen.
                    path.move(canvas.unit(Double(2 * index), of: units), y)
                    path.line(canvas.unit(Double(2 * index + 2), of: units), y)
                } else if place == 0 {
                    path.move(x, y)
                } else {
                    path.line(x, y)
                }
            }
        }
        if !path.text.isEmpty { svg.shape("path", ["class": className, "d": path.text]) }
    }

    /// From `upper` down to `lower`, or to the base line.
    private func area(_ upper: [Double?], _ lower: [Double?]?, _ number: Int, _ svg: inout Markup) {
        let values = chart.drawn(upper)
        var path = PathText()
        for line in PixelColumns.lines(values, columns: chart.columnsMax) where line.count > 1 {
            for (place, index) in line.enumerated() {
                guard let value = values[index] else { continue }
                let x = canvas.unit(Double(2 * index + 1), of: units)
                place == 0 ? path.move(x, axis.y(value)) : path.line(x, axis.y(value))
            }
            for index in line.reversed() {
                let base = lower.flatMap { index < $0.count ? $0[index] : nil } ?? max(0, axis.bottom)
                path.line(canvas.unit(Double(2 * index + 1), of: units), axis.y(base))
            }
            path.close()
        }
        if !path.text.isEmpty { svg.shape("path", ["class": "ar k\(number)", "d": path.text]) }
    }

    private func bars(_ series: ChartSeries, _ index: Int, _ svg: inout Markup) {
        let rows = max(1, chart.series.count(where: { !$0.isGhost }))
        let row = chart.series.prefix(index).count(where: { !$0.isGhost })
        let width = 1.44 / Double(rows)
        let base = axis.y(max(0, axis.bottom))
        var path = PathText()
        for (bucket, value) in series.values.enumerated() {
            guard let value, value.isFinite else { continue }
            let left = Double(2 * bucket) + 0.28 + Double(row) * width
            let (from, to) = (canvas.unit(left, of: units), canvas.unit(left + width, of: units))
            let y = axis.y(value)
            if chart.isLastOpen, bucket == chart.count - 1, chart.count > 1 {
                svg.shape(
                    "rect",
                    [
                        "class": "open", "x": NumberText.plain(from, decimals: 2), "y": NumberText.coordinate(min(y, base)),
                        "width": NumberText.plain(to - from, decimals: 2), "height": NumberText.coordinate(abs(base - y)),
                    ])
                continue
            }
            path.move(from, base)
            path.line(from, y)
            path.line(to, y)
            path.line(to, base)
            path.close()
        }
        if !path.text.isEmpty { svg.shape("path", ["class": "br k\(number(index))", "d": path.text]) }
    }

    // MARK: In front

    func dots(_ svg: inout Markup) {
        guard chart.kind != .bars else { return }
        for (index, series) in chart.series.enumerated() where !series.isGhost {
            guard let last = ChartSeries("", chart.drawn(series.values)).last else { continue }
            let share = (Double(last.index) + 0.5) / Double(chart.count)
            svg.shape("circle", ["class": "f\(number(index))", "cx": canvas.x(share), "cy": y(last.value), "r": "3"])
        }
    }

    func bounds(_ svg: inout Markup) {
        let sorted = chart.bounds.sorted { $0.value > $1.value }
        var above = -Double.infinity
        for bound in sorted {
            let y = top + axis.y(bound.value)
            let line = NumberText.coordinate(y.rounded(.down) + 0.5)
            svg.shape(
                "line",
                ["class": "bound\(bound.meaning.className)", "x1": "0", "x2": canvas.fullWidth, "y1": line, "y2": line])
            // Two names closer than a line: the lower one stands below its line.
            let isClose = y - above < 17
            svg.tag(
                "text",
                [
                    "class": "bt\(bound.meaning.className) halo", "x": "0", "dx": "4",
                    "y": NumberText.coordinate(isClose ? y + 14 : y - 5),
                ], text: bound.label)
            above = y
        }
    }

    func flags(_ svg: inout Markup) {
        for marker in chart.markers {
            guard marker.start < chart.end, (marker.end ?? marker.start) >= chart.start else { continue }
            let share = share(marker.start)
            let isMoment = marker.end == nil
            let row = isMoment ? 15.0 : 31.0
            let isLeft = isMoment ? share > 0.14 : share > 0.72
            if isMoment {
                svg.shape(
                    "line",
                    [
                        "class": "evt", "x1": canvas.x(share), "x2": canvas.x(share), "y1": "6",
                        "y2": NumberText.coordinate(bottom),
                    ])
            }
            svg.tag(
                "text",
                [
                    "class": isMoment ? "t2" : "i t2", "x": canvas.x(share), "dx": isLeft ? "-5" : "5",
                    "y": NumberText.coordinate(row), "text-anchor": isLeft ? "end" : "start",
                ]
            ) { text in
                if marker.meaning == .incident { text.tag("tspan", ["class": "fc"], text: "■ ") }
                if marker.meaning == .alert { text.tag("tspan", ["class": "fw"], text: "▲ ") }
                text.text(marker.label)
            }
        }
    }

    func endLabels(_ svg: inout Markup) {
        var labels: [(number: Int, name: String, value: String, y: Double)] = []
        for (index, series) in chart.series.enumerated() where !series.isGhost {
            guard let last = ChartSeries("", chart.drawn(series.values)).last else { continue }
            labels.append((number(index), series.name, chart.unit.text(last.value), top + axis.y(last.value)))
        }
        labels.sort { ($0.y, $0.number) < ($1.y, $1.number) }
        let places = LabelPlaces.apart(labels.map(\.y), least: 16, floor: bottom, ceiling: top)
        for (label, place) in zip(labels, places) {
            svg.tag("text", ["class": "end", "x": canvas.fullWidth, "dx": "10", "y": NumberText.coordinate(place + 4)]) { text in
                text.tag("tspan", ["class": "f\(label.number)"], text: "●")
                text.text(" " + LabelPlaces.cut(label.name, to: 15) + " ")
                text.tag("tspan", ["class": "fi", "font-weight": "600"], text: label.value)
            }
        }
    }
}
