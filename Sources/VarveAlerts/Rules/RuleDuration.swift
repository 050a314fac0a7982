internal import VarveSettings

/// Durations as rules write them: whole seconds, or `90s`, `5m`, `1h30m`, `2d`, `1w`.
public enum RuleDuration {
    private static let units: [(name: Character, seconds: Int64)] = [
        ("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1),
    ]
    /// A year; more is a mistake.
    private static let secondsMax: Int64 = 366 * 86_400

    /// Nanoseconds; nil for what is no duration.
    public static func parse(_ text: String) -> Int64? {
        var seconds: Int64 = 0
        var number: Int64?
        var last = Int64.max
        for character in text {
            if let digit = character.wholeNumberValue, character.isASCII {
                let next = (number ?? 0) * 10 + Int64(digit)
                guard next <= secondsMax else { return nil }
                number = next
            } else {
                guard let unit = units.first(where: { $0.name == character }), let count = number, unit.seconds < last else {
                    return nil
                }
                seconds += count * unit.seconds
                last = unit.seconds
                number = nil
                guard seconds <= secondsMax else { return nil }
            }
        }
        if let number {
            guard last == .max else { return nil }
            seconds = number
        } else if last == .max {
            return nil
        }
        return seconds <= secondsMax ? seconds * 1_000_000_000 : nil
    }

    /// `5m`, `1h30m`, `0s`.
    public static func text(_ nanoseconds: Int64) -> String {
        var rest = nanoseconds / 1_000_000_000
        var text = ""
        for unit in units where rest >= unit.seconds {
            text += "\(rest / unit.seconds)\(unit.name)"
            rest %= unit.seconds
        }
        return text.isEmpty ? "0s" : text
    }

    static func read(_ node: SettingsNode) throws(SettingsError) -> Int64 {
        let text = try node.string()
        guard let duration = parse(text) else {
            throw node.error(
                .wrongType,
                "\(node.name) must be a duration of at most a year, as 300 (seconds), 5m or 1h30m, not \"\(text.prefix(40))\"")
        }
        return duration
    }
}
