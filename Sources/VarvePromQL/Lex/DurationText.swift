/// Durations as Prometheus writes them: `1h30m`, `15s`, `250ms`.
public enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("y", 365 * 86_400_000), ("w", 7 * 86_400_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000),
        ("ms", 1),
    ]

    /// The milliseconds of a duration, units from large to small, each once; `0` is one too.
    ///
    /// - Throws: A sentence, as `.syntax`.
    public static func milliseconds(_ text: String) throws(PromQLError) -> Int64 {
        if text == "0" { return 0 }
        if text.isEmpty { throw PromQLError(.syntax, "empty duration string") }
        var total: Int64 = 0
        var rest = Array(text.utf8)[...]
        var unit = 0
        while !rest.isEmpty {
            let digits = rest.prefix(while: \.isDigit)
            rest = rest.dropFirst(digits.count)
            let name = String(decoding: rest.prefix { !$0.isDigit }, as: UTF8.self)
            rest = rest.dropFirst(name.utf8.count)
            guard !digits.isEmpty, let found = units[unit...].firstIndex(where: { $0.name == name }) else {
                throw PromQLError(.syntax, "not a valid duration string: \(GoText.quoted(text))")
            }
            unit = found + 1
            let (size, isTooLarge) = (Int64(String(decoding: digits, as: UTF8.self)) ?? .max)
                .multipliedReportingOverflow(by: units[found].milliseconds)
            let (sum, isFull) = total.addingReportingOverflow(size)
            // Go counts nanoseconds in 64 bits.
            guard !isTooLarge, !isFull, sum <= Int64.max / 1_000_000 else {
                throw PromQLError(.syntax, "duration out of range")
            }
            total = sum
        }
        return total
    }

    /// The shortest text of a duration.
    public static func text(_ milliseconds: Int64) -> String {
        guard milliseconds != 0 else { return "0s" }
        var rest = milliseconds.magnitude
        var text = milliseconds < 0 ? "-" : ""
        for unit in units where rest >= UInt64(unit.milliseconds) {
            // Years and weeks are written only where nothing is left over, as Prometheus does.
            if (unit.name == "y" || unit.name == "w"), rest % UInt64(unit.milliseconds) != 0 { continue }
            text += "\(rest / UInt64(unit.milliseconds))\(unit.name)"
            rest %= UInt64(unit.milliseconds)
        }
        return text
    }
}
