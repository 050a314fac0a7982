/// Thirty to ninety days at a glance: a pale track is a day, the solid part from the base how much of it was trouble, so that ten
/// seconds do not paint a day red. A day without data is a hollow box.
public struct StatusBars: Sendable {
    public struct Day: Hashable, Sendable {
        public var status: ChartStatus
        /// Of the day, 0 to 1.
        public var share: Double

        public init(_ status: ChartStatus, share: Double = 0) {
            self.status = status
            self.share = share
        }
    }

    public var days: [Day]
    public var height = 20.0

    public init(_ days: [Day]) { self.days = days }

    /// `Last 90 days: 86 OK, 1 critical, 3 warning.`
    public var label: String {
        let counts = ChartStatus.allCases.map { status in (status, days.count(where: { $0.status == status })) }
        let told = counts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0.word)" }.joined(separator: ", ")
        return "Last \(days.count) days: \(told)"
    }

    public func svg(into page: inout Markup) {
        let text = NumberText.coordinate(height)
        page.tag("svg", ["class": "bars", "height": text, "role": "img", "aria-label": label]) { svg in
            svg.tag(
                "svg",
                [
                    "width": "100%", "height": text, "viewBox": "0 0 \(max(1, days.count * 4)) \(text)",
                    "preserveAspectRatio": "none",
                ]
            ) { marks in
                for (index, day) in days.enumerated() { draw(day, Double(index * 4), &marks) }
            }
        }
    }

    private func draw(_ day: Day, _ x: Double, _ marks: inout Markup) {
        let left = NumberText.coordinate(x)
        if day.status == .none {
            let inner = NumberText.coordinate(height - 1)
            return marks.shape(
                "rect", ["class": "nd", "x": NumberText.coordinate(x + 0.3), "y": ".5", "width": "2.4", "height": inner])
        }
        marks.shape("rect", ["class": "fos", "x": left, "width": "3", "height": NumberText.coordinate(height)])
        guard day.status != .ok else { return }
        // Grows fast at first: a short trouble is to be seen, a long one to be long.
        let part = max(5, min(1, day.share).squareRoot() * height)
        marks.shape(
            "rect",
            [
                "class": day.status == .critical ? "fc" : "fw", "x": left, "y": NumberText.coordinate(height - part),
                "width": "3",
                "height": NumberText.coordinate(part),
            ])
        if day.status == .warning {
            marks.shape(
                "rect",
                ["class": "fos", "x": left, "y": NumberText.coordinate(height - part * 0.6), "width": "3", "height": "1.5"])
        }
    }
}
