internal import VarveEvents
internal import VarveProjections

/// What the events of a series have in common; writes the sentences about its outliers.
struct OverviewPlace {
    let field: String
    let value: String
    let firstHour: Int64

    func count(_ outlier: Outlier) -> Overview.Note {
        let number = Self.text(outlier.value)
        let text =
            outlier.isHigh
            ? "\(name): up to \(number) events an hour \(hours(outlier)); \(usually(outlier)) at most "
            : "\(name): down to \(number) events an hour \(hours(outlier)); \(usually(outlier)) at least "
        let view = field == "signal" ? "volume" : "query"
        return note(outlier, text + Self.text(outlier.usual), view: view, measure: "--count")
    }

    func share(_ outlier: Outlier) -> Overview.Note {
        let text =
            "\(name): \(outlier.isHigh ? "up" : "down") to \(Self.percent(outlier.value)) of the events \(hours(outlier)); "
            + "\(usually(outlier)) \(outlier.isHigh ? "at most" : "at least") \(Self.percent(outlier.usual))"
        return note(outlier, text, view: "query", measure: "--count")
    }

    func level(_ outlier: Outlier, of number: String) -> Overview.Note {
        let text =
            "\(name): p95 of \(number) up to \(Self.text(outlier.value)) \(hours(outlier)); \(usually(outlier)) at most "
            + Self.text(outlier.usual)
        let isLatency = number == "duration_ms" && (field == "component" || field == "signal")
        return note(outlier, text, view: isLatency ? "latency" : "query", measure: "--p95 \(Self.word(number))")
    }

    private var name: String { field == "signal" ? value : "\(field) \(value)" }

    /// `at 2026-01-21 14:00`, or `from 2026-01-21 14:00 for 2 hours`.
    private func hours(_ outlier: Outlier) -> String {
        let start = time(outlier).text.prefix(16).replacing("T", with: " ")
        return outlier.hours.count == 1 ? "at \(start)" : "from \(start) for \(outlier.hours.count) hours"
    }

    private func usually(_ outlier: Outlier) -> String {
        let others = outlier.isSameHour ? "on \(outlier.compared) other days at that hour" : "in \(outlier.compared) other hours"
        return "in nine of ten cases \(others)"
    }

    private func time(_ outlier: Outlier) -> Timestamp {
        Timestamp(nanoseconds: BucketLevel.hour.start(of: firstHour + Int64(outlier.hours.lowerBound)) ?? 0)
    }

    private func note(_ outlier: Outlier, _ text: String, view: String, measure: String) -> Overview.Note {
        let day: Int64 = 86_400_000_000_000
        let time = time(outlier)
        let from = Timestamp(nanoseconds: BucketLevel.day.start(of: BucketLevel.day.bucket(of: time.nanoseconds)) ?? 0)
        let to = Timestamp(nanoseconds: from.nanoseconds.addingReportingOverflow(day).partialValue)
        let filter = field == "signal" ? "--signal \(Self.word(value))" : "--where \(Self.quotedCondition(field, value))"
        let query = "\(filter) \(measure) --bucket hour --from \(from.text.prefix(10)) --to \(to.text.prefix(10))"
        return Overview.Note(text: text, view: view, filter: [(field, value)], time: time, query: query)
    }

    /// Quotes a text as one word of a shell command line if needed.
    private static func word(_ text: String) -> String {
        let plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:".utf8
        return !text.isEmpty && text.utf8.allSatisfy { plain.contains($0) }
            ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }

    private static func quotedCondition(_ field: String, _ value: String) -> String {
        let isPlain =
            value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x27 && $0 != 0x5C }
            && value.utf8.first.map { !"=!<>~".utf8.contains($0) } ?? false
        let quoted = "\"" + value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        return word("\(field)=" + (isPlain ? value : quoted))
    }

    /// Formats a number with at most three decimals, and with none if it is large.
    static func text(_ number: Double) -> String {
        if number.magnitude >= 1_000 || number == number.rounded() {
            return Int64(exactly: number.rounded()).map(grouped) ?? "\(number)"
        }
        let thousandths = (number * 1_000).rounded() / 1_000
        return "\(number.magnitude >= 100 ? (number * 10).rounded() / 10 : thousandths)"
    }

    private static func percent(_ share: Double) -> String { "\((share * 1_000).rounded() / 10) %" }

    private static func grouped(_ number: Int64) -> String {
        var text = ""
        let digits = Array(String(number.magnitude))
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return (number < 0 ? "-" : "") + text
    }
}
