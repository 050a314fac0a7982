/// A line as small as a word: no axis, from 0, a dot at its end. Its value stands beside it, so that a reader that sees nothing
/// is told nothing twice.
public struct Sparkline: Sendable {
    public var values: [Double?]
    /// A limit, drawn dashed.
    public var bound: Double?
    public var height = 28.0

    public init(_ values: [Double?], bound: Double? = nil, height: Double = 28) {
        self.values = values
        self.bound = bound
        self.height = height
    }

    public func svg(into page: inout Markup) {
        let known = values.compactMap { $0 }.filter { $0.isFinite }
        guard let greatest = known.max(), let least = known.min() else { return }
        let (top, bottom) = (max(greatest, bound.map { $0 <= greatest * 2 ? $0 : 0 } ?? 0, 0), min(0, least))
        let span = top > bottom ? top - bottom : 1
        let inner = height - 6
        func y(_ value: Double) -> Double { 3 + (1 - (value - bottom) / span) * inner }
        let text = NumberText.coordinate(height)
        page.tag("svg", ["class": "spark", "height": text, "aria-hidden": "true"]) { svg in
            if let bound, bound <= top {
                let line = NumberText.coordinate(y(bound))
                svg.shape("line", ["class": "bound", "x1": "0", "x2": "100%", "y1": line, "y2": line])
            }
            let units = max(1, values.count - 1)
            svg.tag(
                "svg",
                [
                    "width": "100%", "height": text, "viewBox": "0 0 \(units) \(text)", "preserveAspectRatio": "none",
                    "overflow": "visible",
                ]
            ) { marks in
                var path = PathText()
                for line in PixelColumns.lines(values, columns: 200) {
                    for (place, index) in line.enumerated() {
                        guard let value = values[index] else { continue }
                        place == 0 ? path.move(Double(index), y(value)) : path.line(Double(index), y(value))
                    }
                    if line.count == 1, let index = line.first, let value = values[index] {
                        path.line(Double(index) + 0.5, y(value))
                    }
                }
                marks.shape("path", ["class": "ln k1", "d": path.text])
            }
            if let last = ChartSeries("", values).last {
                let share = values.count > 1 ? Double(last.index) / Double(units) : 0
                svg.shape(
                    "circle",
                    ["class": "f1", "cx": NumberText.percent(share), "cy": NumberText.coordinate(y(last.value)), "r": "2.5"])
            }
        }
    }
}
