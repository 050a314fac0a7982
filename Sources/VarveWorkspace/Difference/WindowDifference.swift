public import VarveProjections
internal import VarveWire

/// Ranks the values of a dimension by how much they explain the difference of a view's column between two time windows.
///
/// The effect of a value is expressed in an additive unit:
///
///     ratio a / b      current a minus the a expected at the value's earlier ratio: the number of excess rollbacks
///     count, sum       current minus earlier; earlier is scaled to the length of the current window
///     anything else    current minus earlier, times the current number of events if the view counts them
///
/// So a rare value with an extreme ratio ranks below a frequent one with a small change, if the latter has more effect.
public struct WindowDifference {
    public struct Row: Hashable, Sendable {
        public var dimension: String
        public var value: ViewValue
        public var before: Double?
        public var after: Double?
        public var effect: Double
        /// Its share of all effects in this dimension, by size.
        public var share: Double

        /// As one JSON object.
        public var json: String {
            var line = JSONLine()
            line.field("dimension", dimension)
            line.field("value", json: value.json)
            line.field("before", before)
            line.field("after", after)
            line.field("effect", effect)
            line.field("share", share)
            return line.text
        }
    }

    private enum Kind {
        case ratio(of: [String], over: [String])
        case additive
        case other
    }

    private let column: String
    private let kind: Kind
    /// The column that counts a row's events, if there is one.
    private let counting: String?
    /// The length of the current window divided by that of the earlier one.
    private let scale: Double

    /// The default column: the first ratio, or else the first column.
    public static func usualColumn(_ definition: ViewDefinition) -> String? {
        let ratio = definition.derived.first { if case .ratio = $0.formula { true } else { false } }
        return ratio?.name ?? definition.columnNames.first
    }

    /// - Parameters:
    ///   - definition: The view whose column differs.
    ///   - column: A column of the view.
    ///   - scale: The length of the window of now, in lengths of the earlier one.
    public init(_ definition: ViewDefinition, column: String, scale: Double) {
        self.column = column
        self.scale = scale
        counting = Self.countColumn(definition)
        let measure = definition.measures.first { $0.columnNames.contains(column) }
        kind =
            switch (definition.derived.first { $0.name == column }?.formula, measure?.kind) {
            case (.ratio(let parts, let whole), _): .ratio(of: parts, over: whole)
            case (nil, .count), (nil, .sum), (nil, .product): .additive
            default: .other
            }
    }

    /// The values of one dimension, largest effect first. Rows have the dimension and the measures, one row per value.
    public func ranked(_ dimension: String, before: [ViewRow], after: [ViewRow]) -> [Row] {
        let earlier = Dictionary(before.map { ($0[dimension] ?? .null, $0) }) { first, _ in first }
        let later = Dictionary(after.map { ($0[dimension] ?? .null, $0) }) { first, _ in first }
        let usual = ratio(before)
        var rows = Set(earlier.keys).union(later.keys).map { value in
            Row(
                dimension: dimension, value: value, before: earlier[value]?[column]?.number, after: later[value]?[column]?.number,
                effect: effect(earlier[value], later[value], usual), share: 0)
        }
        let total = rows.reduce(0) { $0 + abs($1.effect) }
        for index in rows.indices where total > 0 { rows[index].share = abs(rows[index].effect) / total }
        return rows.sorted {
            abs($0.effect) == abs($1.effect) ? ($0.value.text ?? "") < ($1.value.text ?? "") : abs($0.effect) > abs($1.effect)
        }
    }

    private func effect(_ before: ViewRow?, _ after: ViewRow?, _ usual: Double) -> Double {
        switch kind {
        case .ratio(let parts, let whole):
            guard let after else { return 0 }
            let expected = before.flatMap { $0[column]?.number } ?? usual
            return sum(parts, after) - expected * sum(whole, after)
        case .additive: return number(after) - number(before) * scale
        case .other:
            guard let now = after?[column]?.number, let then = before?[column]?.number else { return 0 }
            return (now - then) * (counting.flatMap { after?[$0]?.number } ?? 1)
        }
    }

    private static func countColumn(_ definition: ViewDefinition) -> String? {
        for measure in definition.measures where measure.condition == nil {
            switch measure.kind {
            case .count: return measure.name
            case .quantiles(_, let columns):
                if let column = columns.first(where: { $0.statistic == .count }) { return column.name }
            default: continue
            }
        }
        return nil
    }

    /// The ratio over all rows: the expected ratio of a value that is new in the current window.
    private func ratio(_ rows: [ViewRow]) -> Double {
        guard case .ratio(let parts, let whole) = kind else { return 0 }
        let over = rows.reduce(0) { $0 + sum(whole, $1) }
        return over == 0 ? 0 : rows.reduce(0) { $0 + sum(parts, $1) } / over
    }

    private func number(_ row: ViewRow?) -> Double { row?[column]?.number ?? 0 }

    private func sum(_ columns: [String], _ row: ViewRow) -> Double {
        columns.reduce(0) { $0 + (row[$1]?.number ?? 0) }
    }
}
