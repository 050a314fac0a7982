// Measures and derived columns of a view file. The key is the column name:
//
//     events: count                                     checkout_users: {distinct: user}
//     slow: {count: {field: duration_ms, ">": 1000}}    bytes: {sum: bytes, where: …}
//     duration: {quantiles: duration_ms, columns: {p95_ms: 0.95, max_ms: max, n: count}}
//     revenue: {sum: {product: [price, quantity]}}      pairs: {distinct: [user, component]}
//     paths: {top: path, k: 10}                         last_version: {last: version}

internal import VarveSettings

private let kinds = ["count", "sum", "min", "max", "last", "quantiles", "distinct", "top"]

extension Measure {
    init(_ entry: SettingsEntry) throws(SettingsError) {
        let node = entry.value
        try node.checkColumnName(entry.key)
        if node.kind == .scalar {
            guard try node.string() == "count" else {
                throw node.error(.badValue, "a measure is \"count\" or a mapping with one of \(kinds.joined(separator: ", "))")
            }
            self.init(entry.key, .count)
            return
        }
        let map = try node.mapping(keys: kinds + ["where", "columns", "k", "interpolate"])
        let found = kinds.filter { map[$0] != nil }
        guard found.count == 1, let kind = found.first else {
            throw node.error(.badValue, "measure \(entry.key) needs exactly one of \(kinds.joined(separator: ", "))")
        }
        let argument = try map.required(kind)
        for (key, owner) in [("columns", "quantiles"), ("interpolate", "quantiles"), ("k", "top")] where kind != owner {
            if let stray = map[key] { throw stray.error(.badValue, "\(key) belongs to \(owner), not to \(kind)") }
        }
        var condition = try map["where"].map { node throws(SettingsError) in try Condition(node) }
        if kind == "count" {
            let counted = try Condition(argument)
            condition = condition.map { .all([counted, $0]) } ?? counted
        }
        self.init(entry.key, try Self.kind(kind, argument, map), when: condition)
    }

    private static func kind(
        _ kind: String, _ argument: SettingsNode, _ map: SettingsMapping
    ) throws(SettingsError) -> MeasureKind {
        if kind == "count" { return .count }
        if kind == "sum", argument.kind == .mapping {
            return .product(try fields(argument.mapping(keys: ["product"]).required("product"), 2...4))
        }
        if kind == "distinct", argument.kind == .sequence { return .combinations(try fields(argument, 1...8)) }
        let field = Field(try argument.string())
        switch kind {
        case "sum": return .sum(field)
        case "min": return .min(field)
        case "max": return .max(field)
        case "last": return .last(field)
        case "distinct": return .distinct(field)
        case "top": return .topK(field, try map["k"]?.int(in: 1...1_000) ?? 10)
        default:
            var columns: [StatisticColumn] = []
            for column in try map.required("columns").entries() {
                try column.value.checkColumnName(column.key)
                columns.append(StatisticColumn(column.key, try statistic(column.value)))
            }
            if try map["interpolate"]?.bool() ?? false {
                for index in columns.indices {
                    guard case .quantile(let millionths) = columns[index].statistic else { continue }
                    columns[index].statistic = .interpolated(millionths: millionths)
                }
            }
            if columns.isEmpty { throw argument.error(.badValue, "quantiles need at least one column") }
            return .quantiles(field, columns)
        }
    }

    private static func fields(_ node: SettingsNode, _ counts: ClosedRange<Int>) throws(SettingsError) -> [Field] {
        var fields: [Field] = []
        for item in try node.items() { fields.append(Field(try item.string())) }
        guard counts.contains(fields.count) else {
            throw node.error(.badValue, "it takes \(counts.lowerBound) to \(counts.upperBound) fields, not \(fields.count)")
        }
        return fields
    }

    private static func statistic(_ node: SettingsNode) throws(SettingsError) -> Statistic {
        switch try node.string() {
        case "count": return .count
        case "min": return .min
        case "max": return .max
        default:
            let share = try node.double()
            guard share > 0, share <= 1 else {
                throw node.error(.badValue, "a quantile lies above 0 and is at most 1, or is one of count, min, max")
            }
            return .quantile(millionths: Int((share * 1_000_000).rounded()))
        }
    }
}

extension DerivedColumn {
    /// `{ratio: a, over: [b, c]}`, `{mean: sum}`, `{rate_per_second: a}`; the columns must exist in the view.
    init(_ entry: SettingsEntry, of view: ViewDefinition) throws(SettingsError) {
        let node = entry.value
        try node.checkColumnName(entry.key)
        let map = try node.mapping(keys: ["ratio", "over", "mean", "rate_per_second"])
        let found = ["ratio", "mean", "rate_per_second"].filter { map[$0] != nil }
        guard found.count == 1, let kind = found.first else {
            throw node.error(.badValue, "derived column \(entry.key) needs exactly one of ratio, mean, rate_per_second")
        }
        let argument = try map.required(kind)
        let known = view.measures.flatMap(\.columnNames)
        switch kind {
        case "ratio":
            let parts = try Self.names(argument, among: known)
            self.init(entry.key, .ratio(of: parts, over: try Self.names(try map.required("over"), among: known)))
        case "mean":
            let sums = view.measures.filter { if case .sum = $0.kind { true } else { false } }.map(\.name)
            self.init(entry.key, .mean(of: try Self.name(argument, among: sums)))
        default: self.init(entry.key, .ratePerSecond(of: try Self.name(argument, among: known)))
        }
        if kind != "ratio", let stray = map["over"] { throw stray.error(.badValue, "over belongs to ratio, not to \(kind)") }
    }

    private static func names(_ node: SettingsNode, among known: [String]) throws(SettingsError) -> [String] {
        var names: [String] = []
        for item in try node.oneOrMore() { names.append(try name(item, among: known)) }
        return names
    }

    private static func name(_ node: SettingsNode, among known: [String]) throws(SettingsError) -> String {
        let name = try node.string()
        guard known.contains(name) else {
            let near =
                nearest(name, among: known).map { "; did you mean \"\($0)\"?" }
                ?? "; there are \(known.joined(separator: ", "))"
            throw node.error(.badValue, "no suitable measure is called \"\(name.prefix(64))\"" + near)
        }
        return name
    }
}
