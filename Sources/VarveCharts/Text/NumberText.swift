/// Numbers as they are read, and as coordinates are written. Never a locale, never an exponent: the same bytes everywhere.
public enum NumberText {
    /// With a fixed number of decimals, a narrow no-break space between thousands, and a real minus: `−48 391.0`.
    public static func grouped(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return "–" }
        let (whole, fraction, isNegative) = parts(value, decimals)
        var digits = Array(String(whole))
        var at = digits.count - 3
        while at > 0 {
            digits.insert("\u{202F}", at: at)
            at -= 3
        }
        let text = String(digits) + (decimals > 0 ? "." + fraction : "")
        return isNegative ? "−" + text : text
    }

    /// With at most so many decimals, none that are needless.
    public static func shortest(_ value: Double, decimals: Int) -> String {
        var text = grouped(value, decimals: decimals)
        guard text.contains(".") else { return text }
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }

    /// A coordinate: one decimal at most, no zero in front of the point.
    static func coordinate(_ value: Double) -> String { plain(value, decimals: 1) }

    /// A share of the width, two decimals at most: `12.25%`.
    static func percent(_ fraction: Double) -> String { plain(fraction * 100, decimals: 2) + "%" }

    static func plain(_ value: Double, decimals: Int) -> String {
        let (whole, fraction, isNegative) = parts(value.isFinite ? value : 0, decimals)
        var digits = fraction
        while digits.hasSuffix("0") { digits.removeLast() }
        let text = digits.isEmpty ? String(whole) : (whole == 0 ? "" : String(whole)) + "." + digits
        return isNegative ? "-" + text : text
    }

    private static func parts(_ value: Double, _ decimals: Int) -> (whole: UInt64, fraction: String, isNegative: Bool) {
        var scale: UInt64 = 1
        for _ in 0..<decimals { scale *= 10 }
        // What is larger has no decimals in a Double anyway.
        let scaled = min((value.magnitude * Double(scale)).rounded(), 9e18)
        let all = UInt64(scaled)
        let (whole, rest) = all.quotientAndRemainder(dividingBy: scale)
        let digits = decimals == 0 ? "" : String(rest)
        return (whole, String(repeating: "0", count: max(0, decimals - digits.count)) + digits, value < 0 && all > 0)
    }
}
