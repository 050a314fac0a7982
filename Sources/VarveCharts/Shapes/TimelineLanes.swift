/// What happened beside each other: a lane for each thing, the same time in all of them.
public struct TimelineLanes: Sendable {
    public struct Mark: Sendable {
        public var start: Int64
        /// Nil for a moment.
        public var end: Int64?
        public var status: ChartStatus
        public var label: String

        public init(at start: Int64, until end: Int64? = nil, _ status: ChartStatus, _ label: String) {
            self.start = start
            self.end = end
            self.status = status
            self.label = label
        }
    }

    public struct Lane: Sendable {
        public var name: String
        public var marks: [Mark]

        public init(_ name: String, _ marks: [Mark]) {
            self.name = name
            self.marks = marks
        }
    }

    public var start: Int64
    public var end: Int64
    public var lanes: [Lane]

    public init(start: Int64, end: Int64, lanes: [Lane]) {
        self.start = start
        self.end = end
        self.lanes = lanes
    }

    private func share(_ time: Int64) -> Double {
        end > start ? min(1, max(0, (Double(time) - Double(start)) / (Double(end) - Double(start)))) : 0
    }

    public func html(into page: inout Markup) {
        for lane in lanes {
            page.tag("div", ["class": "lane"]) { row in
                row.tag("h3", text: lane.name)
                let told = lane.marks.map { $0.label }.joined(separator: "; ")
                row.tag("svg", ["class": "plot", "height": "30", "role": "img", "aria-label": "\(lane.name): \(told)"]) { svg in
                    svg.shape("line", ["class": "base", "x1": "0", "x2": "100%", "y1": "15.5", "y2": "15.5"])
                    for mark in lane.marks { draw(mark, &svg) }
                }
            }
        }
        page.tag("div", ["class": "lane"]) { row in
            row.tag("h3") { _ in }
            row.tag("svg", ["class": "plot", "height": "20", "aria-hidden": "true"]) { svg in
                for tick in TimeAxis(start, end).ticks {
                    let share = share(tick.time)
                    let anchor = share < 0.03 ? "start" : share > 0.97 ? "end" : "middle"
                    svg.tag(
                        "text", ["class": "t\(tick.level)", "x": NumberText.percent(share), "y": "14", "text-anchor": anchor],
                        text: tick.label)
                }
            }
        }
    }

    private func draw(_ mark: Mark, _ svg: inout Markup) {
        let colour =
            switch mark.status {
            case .ok: "fo"
            case .warning: "fw"
            case .critical: "fc"
            case .none: "fl"
            }
        let x = share(mark.start)
        if let end = mark.end {
            let width = max(0.002, share(end) - x)
            svg.shape(
                "rect",
                [
                    "class": colour, "x": NumberText.percent(x), "y": mark.status == .critical ? "6" : "9",
                    "width": NumberText.percent(width), "height": mark.status == .critical ? "18" : "12",
                ])
        } else {
            svg.tag("svg", ["class": colour, "x": NumberText.percent(x), "y": "15", "overflow": "visible"]) {
                $0.shape("path", ["d": "M-5 0l5-5 5 5-5 5z"])
            }
        }
    }
}
