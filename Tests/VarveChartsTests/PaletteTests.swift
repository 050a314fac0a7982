import Foundation
import Testing
import VarveCharts

/// WCAG 2.2 AA, for each pair of colours that meets on a page: 4.5 for text, 3 for marks.
struct PaletteTests {
    private static let texts: [(String, String)] = {
        var pairs: [(String, String)] = []
        for ink in ["ink", "ink2", "link", "ok", "warn", "crit"] {
            for ground in ["bg", "panel", "raise", "crit-s"] { pairs.append((ink, ground)) }
        }
        for ink in ["ink", "ink2", "link", "warn"] { pairs.append((ink, "warn-s")) }
        return pairs + [("panel", "ink"), ("past-on", "past-b"), ("past", "panel"), ("past", "bg")]
    }()
    private static let marks: [(String, String)] = {
        var pairs: [(String, String)] = []
        for series in 1...6 { pairs += [("s\(series)", "panel"), ("s\(series)", "crit-s")] }
        for ink in ["ok", "warn", "crit", "ghost", "edge", "focus"] { pairs.append((ink, "panel")) }
        return pairs + [
            ("edge", "bg"), ("focus", "bg"), ("crit", "ok-s"), ("warn", "ok-s"), ("ok", "ok-s"), ("h5", "h0"), ("s1", "raise"),
            ("ink", "ok-s"),
        ]
    }()

    @Test(arguments: ChartTheme.allCases, [false, true])
    func `every pair has contrast enough`(theme: ChartTheme, isPast: Bool) {
        for (pairs, least) in [(Self.texts, 4.5), (Self.marks, 3.0)] {
            for (ink, ground) in pairs {
                let ratio = Self.ratio(Self.hex(ink, theme, isPast), Self.hex(ground, theme, isPast))
                #expect(ratio >= least, "\(ink) on \(ground), \(theme.rawValue): \(ratio)")
            }
        }
    }

    /// A page of the past has grounds of its own.
    private static func hex(_ name: String, _ theme: ChartTheme, _ isPast: Bool) -> String {
        let replaced = isPast ? ["bg": "past-s", "panel": "past-p"][name] ?? name : name
        return Palette.hex(replaced, theme)
    }

    private static func luminance(_ hex: String) -> Double {
        let number = UInt32(hex.dropFirst(), radix: 16) ?? 0
        let parts = [number >> 16 & 255, number >> 8 & 255, number & 255].map { part -> Double in
            let value = Double(part) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    private static func ratio(_ one: String, _ other: String) -> Double {
        let (a, b) = (luminance(one), luminance(other))
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }
}
