// Writes a definition as a view file, the inverse of `ViewDefinition+YAML.swift`: the text reads back as a definition with the
// same fingerprint, except for a zone's rules, which are looked up by name.

internal import VarveEvents

extension ViewDefinition {
    /// The text of its view file.
    public var yaml: String {
        var lines = ["name: \(YAMLText.word(name))"]
        if version != 1 { lines.append("version: \(version)") }
        if let continues { lines.append("continues: \(continues)") }
        let patterns = signals.names.map { YAMLText.word($0) } + signals.prefixes.map { YAMLText.quoted($0 + "*") }
        if !patterns.isEmpty { lines.append("signals: \(YAMLText.list(patterns))") }
        if let filter { lines.append("where: \(YAMLText.condition(filter))") }
        if levels != Set(BucketLevel.allCases) { lines.append("buckets: \(YAMLText.list(levels.sorted().map(\.name)))") }
        if zone != .utc { lines.append("zone: \(zone.name)") }
        if !dimensions.isEmpty {
            lines.append("dimensions:")
            lines += dimensions.map { "  - \(YAMLText.dimension($0))" }
        }
        lines.append("measures:")
        lines += measures.map { "  \(YAMLText.word($0.name)): \(YAMLText.measure($0))" }
        if !derived.isEmpty {
            lines.append("derived:")
            lines += derived.map { "  \(YAMLText.word($0.name)): \(YAMLText.formula($0.formula))" }
        }
        if budget != Self.defaultBudget { lines.append("budget: \(budget)") }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// Parts of a view file as text, in YAML's flow style.
private enum YAMLText {
    /// Unquoted if it is a plain word, otherwise quoted.
    static func word(_ text: String) -> String {
        let letters = text.utf8.allSatisfy {
            ($0 | 0x20 >= 97 && $0 | 0x20 <= 122) || ($0 >= 48 && $0 <= 57) || $0 == 95 || $0 == 46
        }
        let reserved: Set = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"]
        guard letters, let first = text.utf8.first, first | 0x20 >= 97, first | 0x20 <= 122, first < 128,
            !reserved.contains(text.lowercased())
        else { return quoted(text) }
        return text
    }

    static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": out += "\\" + String(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7F || (0x80...0x9F).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                out += "\\x" + (digits.utf8.count == 1 ? "0" : "") + digits
            case "\u{2028}", "\u{2029}", "\u{FEFF}": out += "\\u" + String(scalar.value, radix: 16)
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }

    static func list(_ parts: [String]) -> String { "[" + parts.joined(separator: ", ") + "]" }

    static func value(_ value: Value) -> String {
        switch value {
        case .int64(let number): String(number)
        case .double(let number): String(number)
        case .bool(let flag): flag ? "true" : "false"
        case .string(let text), .json(let text): quoted(text)
        }
    }

    static func condition(_ condition: Condition) -> String {
        func compared(_ field: Field, _ mark: String, _ value: String) -> String {
            "{field: \(word(field.description)), \(mark): \(value)}"
        }
        return switch condition {
        case .all(let parts): "{all: \(list(parts.map(self.condition)))}"
        case .any(let parts): "{any: \(list(parts.map(self.condition)))}"
        case .not(let part): "{not: \(self.condition(part))}"
        case .exists(let field): "{exists: \(word(field.description))}"
        case .compare(let field, let comparison, let value): compared(field, quoted(comparison.symbol), self.value(value))
        case .isIn(let field, let values): compared(field, "in", list(values.map(value)))
        case .hasPrefix(let field, let prefix): compared(field, "prefix", quoted(prefix))
        case .contains(let field, let part): compared(field, "contains", quoted(part))
        case .isWord(let field, let words): compared(field, "word", list(words.map(quoted)))
        case .glob(let field, let pattern): compared(field, "glob", quoted(pattern))
        }
    }

    static func dimension(_ dimension: Dimension) -> String {
        let field = dimension.field.description
        if dimension.field == .hourOfWeek { return "{time: hour_of_week, name: \(word(dimension.name))}" }
        if dimension.field == .hourOfDay { return "{time: hour_of_day, name: \(word(dimension.name))}" }
        var parts = ["field: \(word(field))", "name: \(word(dimension.name))"]
        switch dimension.transform {
        case .none: if dimension.name == Dimension(field).name { return word(field) }
        case .lower: parts.append("transform: lower")
        case .statusClass: parts.append("transform: status_class")
        case .prefix(let count): parts.append("prefix: \(count)")
        case .ranges(let ranges):
            let texts = ranges.map { range in
                "{name: \(quoted(range.name))" + (range.below.map { ", below: \($0)" } ?? "") + "}"
            }
            parts.append("ranges: \(list(texts))")
        }
        return "{\(parts.joined(separator: ", "))}"
    }

    static func measure(_ measure: Measure) -> String {
        let condition = measure.condition.map { ", where: \(self.condition($0))" } ?? ""
        func of(_ kind: String, _ field: Field) -> String { "{\(kind): \(word(field.description))\(condition)}" }
        switch measure.kind {
        case .count: return measure.condition.map { "{count: \(self.condition($0))}" } ?? "count"
        case .sum(let field): return of("sum", field)
        case .min(let field): return of("min", field)
        case .max(let field): return of("max", field)
        case .last(let field): return of("last", field)
        case .distinct(let field): return of("distinct", field)
        case .topK(let field, let count): return "{top: \(word(field.description)), k: \(count)\(condition)}"
        case .quantiles(let field, let columns):
            let shown = columns.map { "\(word($0.name)): \(statistic($0.statistic))" }.joined(separator: ", ")
            let interpolates = columns.contains { if case .interpolated = $0.statistic { true } else { false } }
            return "{quantiles: \(word(field.description)), columns: {\(shown)}"
                + (interpolates ? ", interpolate: true" : "") + "\(condition)}"
        case .product(let fields): return "{sum: {product: \(list(fields.map { word($0.description) }))}\(condition)}"
        case .combinations(let fields): return "{distinct: \(list(fields.map { word($0.description) }))\(condition)}"
        }
    }

    private static func statistic(_ statistic: Statistic) -> String {
        switch statistic {
        case .count: "count"
        case .min: "min"
        case .max: "max"
        case .quantile(let millionths), .interpolated(let millionths): String(Double(millionths) / 1_000_000)
        }
    }

    static func formula(_ formula: DerivedFormula) -> String {
        switch formula {
        case .ratio(let parts, let whole): "{ratio: \(list(parts.map(word))), over: \(list(whole.map(word)))}"
        case .mean(let name): "{mean: \(word(name))}"
        case .ratePerSecond(let name): "{rate_per_second: \(word(name))}"
        }
    }
}
