internal import VarveCharts
internal import VarveEvents
internal import VarveHash

/// The files that every page needs, in the program itself. Their paths change with their bytes, so that browsers may keep them
/// for good.
public enum PageAssets {
    public struct File: Sendable {
        public var path: String
        public var type: String
        public var text: String

        init(_ name: String, _ ending: String, _ type: String, _ text: String) {
            path = "/assets/\(name)-\(XXH3.hash64(text).zeroPadded(16, radix: 16)).\(ending)"
            self.type = type
            self.text = text
        }
    }

    public static let style = File("varve", "css", "text/css; charset=utf-8", StyleSheet.text)
    public static let script = File("varve", "js", "text/javascript; charset=utf-8", PageScript.text)
    public static let icon = File("varve", "svg", "image/svg+xml", iconText)

    public static let all = [style, script, icon]

    private static var iconText: String {
        var svg = Markup(isXML: true)
        svg.tag("svg", ["xmlns": "http://www.w3.org/2000/svg", "viewBox": "0 0 18 18"]) { svg in
            let (blue, ink) = (Palette.hex("s1", .light), Palette.hex("ghost", .light))
            for (path, colour) in [
                ("M1 3h16v3H1z", blue), ("M1 8h16v1.5H1z", ink), ("M1 11.5h16v2H1z", blue), ("M1 15.5h16V17H1z", ink),
            ] {
                svg.shape("path", ["d": path, "fill": colour])
            }
        }
        return svg.text
    }

    /// What a page may load: nothing but these files and the interface of its own server.
    public static let policy =
        "default-src 'none'; style-src 'self'; img-src 'self' blob:; script-src 'self'; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}
