internal import VarveAnalysis
internal import VarveEvents
internal import VarveProjections
internal import VarveSettings

// The condition of a rule: a word, `VIEW.COLUMN > NUMBER`, or a mapping.
extension RuleReader {
    private static let keys = [
        "view", "column", "is", "bucket", "window", "by", "where", "min_count", "count", "changed_since", "band", "side",
        "history", "absent", "burn",
    ]

    mutating func condition(_ map: SettingsMapping) throws(SettingsError) -> (RuleSource, RuleTest) {
        let node = try map.required("condition")
        parts[.condition] = node
        let threshold = map["threshold"]
        parts[.threshold] = threshold
        if node.kind == .scalar { return try short(node, threshold) }
        let inner = try node.mapping(keys: Self.keys)
        let source = try source(inner)
        let test = try test(inner, threshold, source)
        return (source, test)
    }

    /// `error_rate`, `requests.error_rate > 0.05`.
    private func short(_ node: SettingsNode, _ threshold: SettingsNode?) throws(SettingsError) -> (RuleSource, RuleTest) {
        let text = try node.string()
        let mark = text.firstIndex { "<>=!".contains($0) } ?? text.endIndex
        let name = Self.trimmed(text[..<mark])
        let symbol = String(text[mark...].prefix { "<>=!".contains($0) })
        let number = Self.trimmed(text[mark...].dropFirst(symbol.count))
        var comparison: RuleComparison?
        if !symbol.isEmpty {
            guard let found = RuleComparison(symbol: symbol) else {
                throw node.error(.badValue, "\"\(symbol)\" is no comparison; there are =, !=, <, <=, > and >=")
            }
            comparison = found
        }
        var limit = try threshold?.double()
        if !number.isEmpty {
            guard let value = Double(number), value.isFinite else {
                throw node.error(.wrongType, "\"\(number.prefix(40))\" is no number")
            }
            guard threshold == nil else {
                throw node.error(.badValue, "the number stands in the condition and in threshold; give it once")
            }
            limit = value
        }
        guard let limit else { throw node.error(.missingKey, "the condition \"\(name)\" needs a threshold") }
        if let named = NamedCondition.named(name) {
            let length = Int64(named.source.window) * RuleSource.minute
            let source = try paced(named.source, length: length, isSmooth: true)
            return (source, .number(comparison ?? named.comparison, limit))
        }
        let words = name.split(separator: ".", omittingEmptySubsequences: false)
        guard words.count == 2, !words[0].isEmpty, !words[1].isEmpty else {
            let near = nearest(name, among: NamedCondition.all.map(\.name)).map { "; did you mean \"\($0)\"?" } ?? ""
            throw node.error(
                .badValue, "there is no condition \"\(name.prefix(60))\"; write a word of docs/alerts.md or VIEW.COLUMN" + near)
        }
        guard let comparison else {
            throw node.error(.missingKey, "\"\(name)\" needs a comparison, as \(name) > \(NumberText.short(limit))")
        }
        let source = RuleSource(view: String(words[0]), column: String(words[1]))
        return (try paced(source, length: RuleSource.minute, isSmooth: true), .number(comparison, limit))
    }

    private static func trimmed(_ text: Substring) -> String {
        let front = text.drop { $0.isWhitespace }
        return String(front.reversed().drop { $0.isWhitespace }.reversed())
    }

    private mutating func source(_ map: SettingsMapping) throws(SettingsError) -> RuleSource {
        let view = try map.required("view")
        let column = try map.required("column")
        parts[.view] = view
        parts[.column] = column
        var source = RuleSource(view: try view.string(), column: try column.string())
        if let node = map["bucket"] {
            let name = try node.string()
            guard let level = BucketLevel(named: name), level != .all else {
                throw node.error(.badValue, "\(node.name) must be minute, hour or day, not \"\(name.prefix(40))\"")
            }
            source.bucket = level
        }
        parts[.window] = map["window"]
        let length = try map["window"].map { node throws(SettingsError) in try RuleDuration.read(node) } ?? source.step
        let isSmooth = ["band", "absent", "burn"].allSatisfy { map[$0] == nil }
        let ago = try map["changed_since"].map { node throws(SettingsError) in try RuleDuration.read(node) } ?? 0
        source = try paced(source, length: length, ago: ago, isSmooth: isSmooth)
        if let node = map["by"] {
            parts[.by] = node
            source.by = try Self.names(node)
        }
        if let node = map["where"] {
            parts[.filters] = node
            for text in try Self.names(node) {
                do throws(FieldConditionError) {
                    source.filters.append(try FieldCondition(parsing: text))
                } catch {
                    throw node.error(.badValue, "\(error)")
                }
            }
        }
        if let node = map["min_count"] { source.minCount = Int64(try node.int(in: 0...1_000_000_000)) }
        if let node = map["count"] {
            parts[.count] = node
            source.countColumn = try node.string()
        }
        return source
    }

    /// A duration of whole buckets, as their number.
    private static func buckets(_ node: SettingsNode, of source: RuleSource) throws(SettingsError) -> Int {
        let duration = try RuleDuration.read(node)
        guard duration > 0, duration % source.step == 0, let count = Int(exactly: duration / source.step) else {
            throw node.error(
                .badValue,
                "\(node.name) must be one or more times \(RuleDuration.text(source.step)), not \(RuleDuration.text(duration))")
        }
        return count
    }

    private func test(
        _ map: SettingsMapping, _ threshold: SettingsNode?, _ source: RuleSource
    ) throws(SettingsError) -> RuleTest {
        let kinds = ["band", "absent", "burn"].filter { map[$0] != nil }
        guard kinds.count <= 1, kinds.isEmpty || map["is"] == nil else {
            throw map.node.error(.badValue, "a condition has one of is, band, absent and burn")
        }
        if let node = map["absent"] {
            guard try node.bool() else { throw node.error(.badValue, "absent can only be true") }
            return .absent(
                known: try map["history"].map { node throws(SettingsError) in try Self.buckets(node, of: source) } ?? 60)
        }
        if let node = map["band"] {
            let side = try map["side"]?.choice(RuleTest.Side.self) ?? .outside
            let history = try map["history"].map { node throws(SettingsError) in try Self.buckets(node, of: source) } ?? 336
            return .band(try node.choice(AnomalySensitivity.self), side, history: history)
        }
        if let node = map["burn"] { return .burn(try Self.burn(node, source)) }
        let comparison = try map.required("is")
        let words = try comparison.string()
        guard let found = RuleComparison(symbol: words) else {
            throw comparison.error(
                .badValue, "\(comparison.name) must be one of =, !=, <, <=, > and >=, not \"\(words.prefix(20))\"")
        }
        guard let threshold else { throw map.node.error(.missingKey, "\(map.node.name) needs a threshold beside it") }
        let number = try threshold.double()
        guard let since = map["changed_since"] else { return .number(found, number) }
        let ago = Int64(try Self.buckets(since, of: source)) * source.step
        return .change(found, number, ago: ago)
    }

    private static func burn(_ node: SettingsNode, _ source: RuleSource) throws(SettingsError) -> BudgetBurn {
        let map = try node.mapping(keys: ["target", "of", "long", "short", "factor"])
        let target = try map.required("target").double()
        guard target > 0, target < 1 else {
            throw try map.required("target").error(.badValue, "the target must lie between 0 and 1, as 0.99")
        }
        let kind = try map.required("of")
        let word = try kind.string()
        guard word == "good" || word == "bad" else {
            throw kind.error(.badValue, "of must be good or bad: what the column is the share of, not \"\(word.prefix(20))\"")
        }
        let burn = BudgetBurn(
            target: target, isGood: word == "good", long: try buckets(try map.required("long"), of: source),
            short: try buckets(try map.required("short"), of: source), factor: try map.required("factor").double())
        guard burn.short < burn.long else { throw node.error(.badValue, "the short window must be shorter than the long one") }
        return burn
    }
}
