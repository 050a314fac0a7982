// The part of Go's templates that labels and annotations of Prometheus' rules use: `{{ $labels.instance }}`, `{{ $value }}`,
// and these through functions that show numbers. What is not known is refused when the rule is read, not when it fires.

internal import Foundation
internal import VarvePromQL

/// A text with places for labels and a value.
enum AlertTemplate {
    private enum Part {
        case text(String)
        case label(String)
        case value([Show])
    }

    /// How a number is shown.
    private enum Show {
        case humanize, humanize1024, percentage, duration
        case format(Int, Character)
    }

    /// Why the text is none; nil where it is.
    static func fault(_ text: String) -> String? {
        switch parse(text) {
        case .success: nil
        case .failure(let fault): fault.message
        }
    }

    /// Whether what it says depends on the value.
    static func hasValue(_ text: String) -> Bool {
        guard case .success(let parts) = parse(text) else { return false }
        return parts.contains { if case .value = $0 { true } else { false } }
    }

    /// The text for a series. A label that is not there is nothing.
    static func render(_ text: String, _ labels: [String: String], value: Double?) -> String {
        guard text.contains("{{"), case .success(let parts) = parse(text) else { return text }
        return parts.map { part in
            switch part {
            case .text(let text): text
            case .label(let name): labels[name] ?? ""
            case .value(let shows): shown(value, shows)
            }
        }.joined()
    }

    private struct Fault: Error { var message: String }

    private static func parse(_ text: String) -> Result<[Part], Fault> {
        var parts: [Part] = []
        var rest = Substring(text)
        while let open = rest.firstRange(of: "{{") {
            if open.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<open.lowerBound]))) }
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
                return .failure(Fault(message: "a template has {{ without }}"))
            }
            let inside = rest[open.upperBound..<close.lowerBound].trimmingCharacters(in: .whitespacesAndNewlines)
            guard let part = part(inside) else {
                return .failure(Fault(message: "the template {{ \(inside.prefix(60)) }} is not supported"))
            }
            parts.append(part)
            rest = rest[close.upperBound...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        return .success(parts)
    }

    private static func part(_ text: String) -> Part? {
        let pieces = text.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        guard var first = pieces.first else { return nil }
        var shows: [Show] = []
        // `printf "%.2f" $value` is `$value | printf "%.2f"`; so are the other functions.
        if let space = first.lastIndex(of: " "), first[first.index(after: space)...].hasPrefix("$") || first.contains(".Value") {
            guard let show = show(String(first[..<space]).trimmingCharacters(in: .whitespaces)) else { return nil }
            shows.append(show)
            first = String(first[first.index(after: space)...])
        }
        for name in pieces.dropFirst() {
            guard let show = show(name) else { return nil }
            shows.append(show)
        }
        if first == "$value" || first == ".Value" { return .value(shows) }
        for prefix in ["$labels.", ".Labels."] where first.hasPrefix(prefix) && shows.isEmpty {
            let name = String(first.dropFirst(prefix.count))
            return Label.isValidName(name) ? .label(name) : nil
        }
        if first.hasPrefix("$externalLabels."), shows.isEmpty { return .text("") }
        return nil
    }

    private static func show(_ name: String) -> Show? {
        switch name {
        case "humanize": return .humanize
        case "humanize1024": return .humanize1024
        case "humanizePercentage": return .percentage
        case "humanizeDuration": return .duration
        default: break
        }
        guard name.hasPrefix("printf \"%"), name.hasSuffix("\""), let kind = name.dropLast().last, "fgve".contains(kind) else {
            return nil
        }
        let digits = name.dropFirst("printf \"%".count).dropLast(2)
        if digits.isEmpty { return .format(-1, kind) }
        guard digits.first == ".", let count = Int(digits.dropFirst()), (0...17).contains(count) else { return nil }
        return .format(count, kind)
    }

    private static func shown(_ value: Double?, _ shows: [Show]) -> String {
        guard let value else { return "" }
        guard let show = shows.last else { return GoText.value(value) }
        switch show {
        case .format(let digits, "f"): return String(format: "%.\(digits < 0 ? 6 : digits)f", value)
        case .format(let digits, "e"): return String(format: "%.\(digits < 0 ? 6 : digits)e", value)
        case .format(let digits, _): return digits < 0 ? GoText.value(value) : String(format: "%.\(digits)g", value)
        case .percentage: return String(format: "%.4g", value * 100) + "%"
        case .humanize: return scaled(value, 1_000, ["", "k", "M", "G", "T", "P", "E", "Z", "Y"], ["m", "u", "n", "p", "f"])
        case .humanize1024: return scaled(value, 1_024, ["", "ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"], [])
        case .duration: return duration(value)
        }
    }

    private static func scaled(_ value: Double, _ factor: Double, _ above: [String], _ below: [String]) -> String {
        guard value.isFinite, value != 0 else { return String(format: "%.4g", value) }
        var number = value
        var prefix = ""
        if number.magnitude >= 1 || below.isEmpty {
            for unit in above {
                prefix = unit
                if number.magnitude < factor || unit == above.last { break }
                number /= factor
            }
        } else {
            for unit in below {
                prefix = unit
                number *= factor
                if number.magnitude >= 1 { break }
            }
        }
        return String(format: "%.4g", number) + prefix
    }

    private static func duration(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return String(format: "%.4g", value) }
        if value == 0 { return "0s" }
        guard value.magnitude >= 1 else { return scaled(value, 1_000, [""], ["m", "u", "n", "p", "f"]) + "s" }
        let sign = value < 0 ? "-" : ""
        let seconds = Int64(value.magnitude)
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60)
        if days != 0 { return "\(sign)\(days)d \(hours)h \(minutes)m \(seconds % 60)s" }
        if hours != 0 { return "\(sign)\(hours)h \(minutes)m \(seconds % 60)s" }
        if minutes != 0 { return "\(sign)\(minutes)m \(seconds % 60)s" }
        return sign + String(format: "%.4g", value.magnitude) + "s"
    }
}
