extension Chart {
    /// For a page: without width, styled by the page's stylesheet. The heading and the sentence of the page name it: their ids
    /// are the chart's with `-t` and `-d` behind it.
    public func svg(into page: inout Markup) {
        let drawing = ChartDrawing(self, Canvas(width: nil))
        let classes = "plot" + (drawing.hasEndLabels ? " r" : "")
        page.tag(
            "svg",
            [
                "class": classes, "height": NumberText.coordinate(drawing.height), "role": "img", "aria-labelledby": "\(id)-t",
                "aria-describedby": "\(id)-d",
            ]
        ) { drawing.draw(into: &$0) }
    }

    /// As a file: everything in it, colours of one theme. The same chart gives the same bytes.
    ///
    /// - Parameters:
    ///   - width: Pixels, 240 to 4,096.
    ///   - height: Pixels, 120 to 2,048.
    public func file(width: Int, height: Int, theme: ChartTheme) -> String {
        let (width, height) = (Double(min(4_096, max(240, width))), Double(min(2_048, max(120, height))))
        let head = 46.0
        var chart = self
        chart.columnsMax = max(16, Int(width))
        let probe = ChartDrawing(chart, Canvas(width: 1))
        let (left, right) = (56.0, probe.hasEndLabels ? 168.0 : 16.0)
        chart.plotHeight = max(32, height - head - probe.top - 28)
        let drawing = ChartDrawing(chart, Canvas(width: width - left - right))
        var svg = Markup(isXML: true)
        let size = (NumberText.coordinate(width), NumberText.coordinate(height))
        svg.tag(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "class": "plot", "width": size.0, "height": size.1,
                "viewBox": "0 0 \(size.0) \(size.1)", "role": "img", "aria-labelledby": "t d",
            ]
        ) { svg in
            svg.tag("title", ["id": "t"], text: title)
            svg.tag("desc", ["id": "d"], text: summary)
            svg.tag("style", text: Self.fileStyle(theme))
            svg.tag("defs") { Self.hatch(&$0) }
            svg.shape("rect", ["width": size.0, "height": size.1, "fill": Palette.hex("panel", theme)])
            svg.tag("text", ["class": "i", "x": "16", "y": "24", "font-weight": "600"], text: title)
            svg.tag("text", ["x": "16", "y": "41"], text: note)
            svg.tag("g", ["transform": "translate(\(NumberText.coordinate(left)) \(NumberText.coordinate(head)))"]) {
                drawing.draw(into: &$0)
            }
        }
        svg.line()
        return svg.text
    }

    /// The pattern of what is not there; once a page.
    public static func hatch(_ markup: inout Markup) {
        markup.tag(
            "pattern",
            ["id": "hatch", "width": "6", "height": "6", "patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"]
        ) { $0.shape("line", ["class": "hatchl", "x1": "0", "x2": "0", "y2": "6"]) }
    }

    private static func fileStyle(_ theme: ChartTheme) -> String {
        let fonts = "system-ui,Segoe UI,Roboto,Noto Sans,Liberation Sans,sans-serif"
        return ChartStyle.forFile(theme).split(separator: "var(--sans)", omittingEmptySubsequences: false)
            .joined(separator: fonts)
    }

    /// Names, dashes and last values, for where there is no place at the ends of lines.
    public func key(into page: inout Markup) {
        let drawing = ChartDrawing(self, Canvas(width: nil))
        guard series.count > 1 else { return }
        page.tag("ul", ["class": drawing.hasEndLabels ? "key" : "key on"]) { list in
            for (index, series) in series.enumerated() {
                list.tag("li") { item in
                    item.tag("svg", ["aria-hidden": "true"]) { swatch in
                        if kind == .bars, !series.isGhost {
                            swatch.shape("rect", ["class": "br k\(drawing.number(index))", "width": "22", "height": "8"])
                        } else {
                            let name = series.isGhost ? "gh" : "ln k\(drawing.number(index))"
                            swatch.shape("line", ["class": name, "x2": "22", "y1": "4", "y2": "4"])
                        }
                    }
                    item.text(series.name)
                    if kind != .bars, !series.isGhost, let last = ChartSeries("", drawn(series.values)).last {
                        item.text(" ")
                        item.tag("b", text: unit.text(last.value))
                    }
                }
            }
        }
    }
}
