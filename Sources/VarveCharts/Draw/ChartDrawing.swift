/// One chart being drawn: scales, and where things stand.
///
///     y 0 ┌ flags of events, then names of incidents; only where there are any
///     top ├ plot
///         ├ base line
///         └ times
struct ChartDrawing {
    let chart: Chart
    let canvas: Canvas
    let axis: ValueAxis
    let top: Double
    /// Buckets count as two units, so that the middle of one is a whole number.
    var units: Int { chart.count * 2 }
    var bottom: Double { top + chart.plotHeight }
    /// With the line of times.
    var height: Double { bottom + 22 }

    init(_ chart: Chart, _ canvas: Canvas) {
        self.chart = chart
        self.canvas = canvas
        var values: [Double] = chart.bounds.map(\.value)
        for series in chart.series {
            values += series.values.compactMap { $0 } + series.high.compactMap { $0 } + series.low.compactMap { $0 }
        }
        axis = ValueAxis(values, height: chart.plotHeight, unit: chart.unit)
        top = chart.markers.isEmpty ? 10 : 36
    }

    /// Whether values stand at the ends of the lines, instead of in a key alone.
    var hasEndLabels: Bool { chart.kind != .bars && chart.series.count(where: { !$0.isGhost }) > 1 }

    func share(_ time: Int64) -> Double {
        let length = Double(chart.end) - Double(chart.start)
        return length <= 0 ? 0 : min(1, max(0, (Double(time) - Double(chart.start)) / length))
    }

    func y(_ value: Double) -> String { NumberText.coordinate(top + axis.y(value)) }

    func draw(into svg: inout Markup) {
        fields(&svg)
        gaps(&svg)
        grid(&svg)
        canvas.stretched(&svg, top: top, height: chart.plotHeight, units: units) { marks in
            for (index, series) in chart.series.enumerated() { self.series(series, index, &marks) }
        }
        times(&svg)
        bounds(&svg)
        dots(&svg)
        flags(&svg)
        if hasEndLabels { endLabels(&svg) }
    }

    // MARK: Behind

    private func fields(_ svg: inout Markup) {
        for marker in chart.markers {
            guard let end = marker.end, end > chart.start, marker.start < chart.end else { continue }
            let (from, to) = (share(marker.start), share(end))
            let width = canvas.x(max(0.001, to - from))
            svg.shape(
                "rect",
                [
                    "class": marker.meaning == .selection ? "sel" : "inc", "x": canvas.x(from), "y": NumberText.coordinate(top),
                    "width": width, "height": NumberText.coordinate(chart.plotHeight),
                ])
        }
    }

    private func gaps(_ svg: inout Markup) {
        let longest = chart.gaps.sorted { ($1.count, $0.lowerBound) < ($0.count, $1.lowerBound) }.prefix(24)
        for gap in longest {
            let from = Double(gap.lowerBound) / Double(chart.count)
            svg.shape(
                "rect",
                [
                    "class": "nod", "x": canvas.x(from), "y": NumberText.coordinate(top),
                    "width": canvas.x(Double(gap.count) / Double(chart.count)),
                    "height": NumberText.coordinate(chart.plotHeight),
                ])
        }
    }

    private func grid(_ svg: inout Markup) {
        svg.tag("g", ["class": "grid"]) { grid in
            for tick in axis.ticks {
                let y = (top + axis.y(tick)).rounded(.down) + 0.5
                grid.shape(
                    "line",
                    [
                        "class": tick == 0 ? "base" : nil, "x1": "0", "x2": canvas.fullWidth, "y1": NumberText.coordinate(y),
                        "y2": NumberText.coordinate(y),
                    ])
                grid.tag(
                    "text", ["x": "-8", "y": NumberText.coordinate(y + 4), "text-anchor": "end"], text: chart.unit.axis(tick))
            }
        }
    }

    private func times(_ svg: inout Markup) {
        for tick in TimeAxis(chart.start, chart.end).ticks where canvas.shows(level: tick.level) {
            let share = share(tick.time)
            let anchor = share < 0.03 ? "start" : share > 0.97 ? "end" : "middle"
            svg.tag(
                "text",
                [
                    "class": "t\(tick.level)", "x": canvas.x(share), "y": NumberText.coordinate(bottom + 16),
                    "text-anchor": anchor,
                ], text: tick.label)
        }
    }
}
