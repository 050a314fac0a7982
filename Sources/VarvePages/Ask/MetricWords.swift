internal import VarveCatalog
internal import VarveCharts
internal import VarveProjections

/// Columns, bounds and changes in words.
enum MetricWords {
    /// `rollback_rate` as `Rollback rate`, `p95_ms` as `p95`.
    static func name(_ column: String) -> String {
        // A length of time is shown in its own units.
        if column == "seconds" { return "Length" }
        if column == "seconds_open" { return "Open for" }
        let suffix = ["_ms", "_s", "_mb", "_h"].first { column.hasSuffix($0) && column.utf8.count > $0.utf8.count + 1 }
        var text = String(column.dropLast(suffix?.count ?? 0))
        text = String(text.map { $0 == "_" ? " " : $0 })
        let isQuantile = text.first == "p" && text.dropFirst().first?.isNumber == true
        return isQuantile ? text : text.prefix(1).uppercased() + text.dropFirst()
    }

    /// At most so many letters, and three dots for the others.
    static func cut(_ text: String, to letters: Int) -> String {
        text.count > letters ? text.prefix(letters - 1) + "…" : text
    }

    /// `below 5 %`.
    static func text(_ bound: MetricBound, _ unit: ChartUnit) -> String {
        let word =
            switch bound.comparison {
            case .equal: "exactly"
            case .notEqual: "not"
            case .less: "below"
            case .lessOrEqual: "at most"
            case .greater: "above"
            case .greaterOrEqual: "at least"
            }
        return word + " " + unit.axis(bound.number.value)
    }

    /// The bound that tells bad from good, in words: `alert above 10 %`, `target at least 80 %`.
    static func limit(_ bounds: MetricBounds, _ unit: ChartUnit) -> String {
        if let alert = bounds.alert { return "alert " + text(alert, unit) }
        if let healthy = bounds.healthy { return "target " + text(healthy, unit) }
        return ""
    }

    static func lines(_ bounds: MetricBounds, _ unit: ChartUnit) -> [ChartBound] {
        var lines: [ChartBound] = []
        if let alert = bounds.alert { lines.append(ChartBound(alert.number.value, label: "alert " + text(alert, unit), .alert)) }
        if let healthy = bounds.healthy, healthy.number.value != bounds.alert?.number.value {
            lines.append(ChartBound(healthy.number.value, label: "target " + text(healthy, unit), .target))
        }
        return lines
    }

    /// Whether more is better; nil where nobody said.
    static func isMoreBetter(_ bounds: MetricBounds?) -> Bool? {
        guard let bound = bounds?.alert ?? bounds?.healthy else { return nil }
        let isAlert = bounds?.alert != nil
        switch bound.comparison {
        case .greater, .greaterOrEqual: return !isAlert
        case .less, .lessOrEqual: return isAlert
        case .equal, .notEqual: return nil
        }
    }
}

/// A change against the range before: sign, unit, against what, and a judgement where the column has one.
struct Change {
    let text: String
    /// Nil for neither.
    let isWorse: Bool?

    init(_ value: Double, _ before: Double?, _ unit: ChartUnit, isMoreBetter: Bool?, against name: String) {
        guard let before else {
            (text, isWorse) = ("no comparable data", nil)
            return
        }
        if unit == .count, before < 20 {
            (text, isWorse) = ("\(unit.text(before)) in \(name)", nil)
            return
        }
        let points = unit == .fraction
        let change = points ? (value - before) * 100 : before == 0 ? .infinity : (value - before) / before.magnitude * 100
        guard change.isFinite else {
            (text, isWorse) = ("\(unit.text(before)) in \(name)", nil)
            return
        }
        guard change.magnitude >= 0.05 else {
            (text, isWorse) = ("= no change vs \(name)", nil)
            return
        }
        let digits = NumberText.grouped(change, decimals: change.magnitude < 10 ? 1 : 0)
        let size = (change > 0 ? "▲ +" : "▼ ") + digits + "\u{202F}" + (points ? "pp" : "%")
        let worse = isMoreBetter.map { $0 != (change > 0) }
        text = "\(size) vs \(name)" + (worse.map { $0 ? ", worse" : ", better" } ?? "")
        isWorse = worse
    }
}
