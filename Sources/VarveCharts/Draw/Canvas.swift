/// Where the drawing goes. On a page one drawing serves every width: text, dots and flags stand at shares of the width, marks lie
/// in a nested SVG that is stretched. In a file everything has its pixel.
struct Canvas: Sendable {
    /// Pixels that the plot is wide; nil on a page.
    let width: Double?

    var isPage: Bool { width == nil }

    /// A place at a share of the width.
    func x(_ share: Double) -> String {
        guard let width else { return NumberText.percent(share) }
        return NumberText.coordinate(share * width)
    }

    var fullWidth: String { width.map { NumberText.coordinate($0) } ?? "100%" }

    /// A part of the plot whose horizontal unit is one `units`-th of the width.
    func stretched(
        _ markup: inout Markup, top: Double, height: Double, units: Int, _ body: (inout Markup) -> Void
    ) {
        let (top, height) = (NumberText.coordinate(top), NumberText.coordinate(height))
        if isPage {
            markup.tag(
                "svg",
                [
                    "y": top, "width": "100%", "height": height, "viewBox": "0 0 \(max(1, units)) \(height)",
                    "preserveAspectRatio": "none", "overflow": "visible",
                ], body)
        } else {
            markup.tag("g", ["transform": "translate(0 \(top))"], body)
        }
    }

    /// A horizontal place inside of `stretched`.
    func unit(_ value: Double, of units: Int) -> Double {
        guard let width else { return value }
        return value / Double(max(1, units)) * width
    }

    /// Whether ticks and labels of a level are drawn: a page leaves that to its style.
    func shows(level: Int) -> Bool {
        guard let width else { return true }
        return level == 1 || (level == 2 && width > 340) || width > 760
    }
}
