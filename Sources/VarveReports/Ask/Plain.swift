internal import VarveEvents
internal import VarveProjections

/// Numbers and times in words.
enum Plain {
    /// Four significant digits, more for large numbers: `0.0123`, `12.3`, `1,234`.
    static func number(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return value.isFinite ? "\(value)" : "-" }
        let size = abs(value)
        if size >= 1_000 || value == value.rounded() { return grouped(value.rounded()) }
        let digits = size >= 100 ? 1 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.01 ? 3 : 5
        return fixed(value, digits)
    }

    static func fixed(_ value: Double, _ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = (abs(value) * scale).rounded()
        guard scaled < 9e15 else { return "\(value)" }
        let (whole, rest) = Int64(scaled).quotientAndRemainder(dividingBy: Int64(scale))
        let text = String(rest)
        let fraction = digits > 0 ? "." + String(repeating: "0", count: digits - text.count) + text : ""
        return (value < 0 && scaled > 0 ? "-" : "") + String(whole) + fraction
    }

    static func grouped(_ value: Double) -> String {
        guard abs(value) < 9e15 else { return "\(value)" }
        let digits = Array(String(Int64(abs(value))))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return (value < 0 ? "-" : "") + text
    }

    static func percent(_ share: Double) -> String {
        let value = 100 * share
        return (abs(value) >= 100 ? grouped(value.rounded()) : fixed(value, abs(value) < 1 ? 2 : 1)) + " %"
    }

    /// `90 s`, `5 min`, `3 h`, `2 days`.
    static func duration(_ seconds: Double) -> String {
        if seconds < 120 { return "\(number((seconds * 10).rounded() / 10)) s" }
        if seconds < 7_200 { return "\(number((seconds / 60).rounded())) min" }
        if seconds < 172_800 { return "\(number((seconds / 360).rounded() / 10)) h" }
        return "\(number((seconds / 8_640).rounded() / 10)) days"
    }

    /// `2026-01-21 14:00`, UTC.
    static func moment(_ time: Timestamp) -> String {
        String(time.text.prefix(16)).replacing("T", with: " ")
    }

    static func day(_ time: Timestamp) -> String { String(time.text.prefix(10)) }

    static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
}

extension Timestamp {
    /// So many nanoseconds later or earlier, or the last or first time there is.
    func moved(_ nanoseconds: Int64) -> Timestamp {
        let (time, isTooFar) = self.nanoseconds.addingReportingOverflow(nanoseconds)
        return Timestamp(nanoseconds: isTooFar ? (nanoseconds > 0 ? .max : .min) : time)
    }
}
