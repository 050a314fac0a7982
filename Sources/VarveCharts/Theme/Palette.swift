/// Every colour that pages and charts use, by name: of light and of dark pages. `PaletteTests` measures each pair that meets.
public enum Palette {
    public struct Colour: Sendable {
        public var name: String
        /// Six hexadecimal digits.
        public var light: String
        public var dark: String

        init(_ name: String, _ light: String, _ dark: String) {
            self.name = name
            self.light = light
            self.dark = dark
        }

        public func hex(_ theme: ChartTheme) -> String { theme == .light ? light : dark }
    }

    public static let colours: [Colour] = [
        Colour("bg", "f6f7f8", "0d1014"), Colour("panel", "ffffff", "14181e"), Colour("raise", "eef0f3", "1d232b"),
        Colour("ink", "16191d", "e4e7eb"), Colour("ink2", "525b66", "9ba6b2"),
        Colour("line", "e2e5e9", "262c35"), Colour("edge", "7d8792", "6c7784"), Colour("grid", "e8eaed", "232931"),
        Colour("link", "0a5aa8", "6cb2f5"), Colour("focus", "0a5aa8", "8cc4ff"),
        Colour("ok", "17703f", "58c98a"), Colour("warn", "8a5300", "eeb04a"), Colour("crit", "b3201a", "ff8078"),
        Colour("ok-s", "c4e5d1", "1f4a33"), Colour("warn-s", "fdf1dc", "2e2413"), Colour("crit-s", "fdeceb", "331a1a"),
        Colour("past", "5a3ea8", "b9a5ff"), Colour("past-s", "f1eef9", "1a1628"), Colour("past-p", "fbfaff", "1c1930"),
        Colour("past-b", "5a3ea8", "3d2f75"), Colour("past-on", "ffffff", "f3f0ff"),
        Colour("s1", "0b69b7", "5aa9ee"), Colour("s2", "5b1f86", "d9b8ff"), Colour("s3", "c06a9c", "d46a9f"),
        Colour("s4", "12484f", "b9ecec"), Colour("s5", "6f80f0", "6a74e6"), Colour("s6", "6b6172", "95745c"),
        Colour("ghost", "838b95", "75808c"),
        Colour("h0", "eef2f7", "1a2029"), Colour("h1", "cfdff0", "1c3450"), Colour("h2", "9dc2e4", "1f5283"),
        Colour("h3", "5f9cd3", "2f7cbf"), Colour("h4", "2472b5", "63acee"), Colour("h5", "0b4479", "b5dbff"),
    ]

    /// A colour as `#rrggbb`; black for a name that is not there.
    public static func hex(_ name: String, _ theme: ChartTheme) -> String {
        "#" + (colours.first { $0.name == name }?.hex(theme) ?? "000000")
    }

    /// The tokens of a stylesheet: `--bg:light-dark(#f6f7f8,#0d1014);…`.
    public static var tokens: String {
        colours.map { "--\($0.name):light-dark(#\($0.light),#\($0.dark));" }.joined(separator: "\n")
    }

    /// Series that are told apart; further ones are folded into one called other.
    public static let seriesMax = 6

    /// The dashes of each series: the first is solid.
    static let dashes = ["", "6 3", "2 2.5", "10 3 2 3", "5 2 1.5 2 1.5 2", "12 4"]
}
