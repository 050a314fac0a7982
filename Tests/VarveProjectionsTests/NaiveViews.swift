import VarveEvents
import VarveProjections

/// What views should say, computed the slow and obvious way: a dictionary of arrays, sorts, sets. Shares no code with the
/// engine but the definitions.
enum NaiveViews {
    struct Key: Hashable {
        var time: Int64?
        var values: [ViewValue]
    }

    static func rows(
        _ view: ViewDefinition, _ events: [Event], bucket: BucketLevel, by: [String]? = nil
    ) -> [Key: [String: ViewValue]] {
        var cells: [Key: [(Int, Event)]] = [:]
        for (offset, event) in events.enumerated() where view.signals.matches(event.signal) && holds(view.filter, event) {
            let dimensions = view.dimensions.filter { by?.contains($0.name) ?? true }
            let key = Key(
                time: bucket.nanoseconds.map { floorDivide(event.time.nanoseconds, $0) * $0 },
                values: dimensions.map { transformed(value($0.field, event), $0.transform) })
            cells[key, default: []].append((offset, event))
        }
        return cells.mapValues { row(view, $0) }.filter { _, row in
            let counts = view.measures.filter { isCount($0) }.flatMap { $0.columnNames.prefix(1) }
            return counts.isEmpty || counts.contains { row[$0] != .int(0) }
        }
    }

    private static func isCount(_ measure: Measure) -> Bool {
        switch measure.kind {
        case .count, .distinct, .combinations, .quantiles: true
        default: false
        }
    }

    private static func row(_ view: ViewDefinition, _ events: [(Int, Event)]) -> [String: ViewValue] {
        var row: [String: ViewValue] = [:]
        for measure in view.measures {
            let chosen = events.filter { holds(measure.condition, $0.1) }
            let found = measure.kind.field.map { field in chosen.compactMap { value(field, $0.1) } } ?? []
            let values = found.filter { number($0) != nil }
            let numbers = found.compactMap { number($0) }
            switch measure.kind {
            case .count: row[measure.name] = .int(Int64(chosen.count))
            case .sum:
                let micros = numbers.reduce(Int128(0)) { $0 + Int128(($1 * 1e6).rounded(.toNearestOrEven)) }
                row[measure.name] = numbers.isEmpty ? .null : .decimal(micros: micros)
            case .min: row[measure.name] = values.min { isBefore($0, $1, unless: true) }.map { own($0) } ?? .null
            case .max: row[measure.name] = values.max { isBefore($0, $1, unless: false) }.map { own($0) } ?? .null
            case .product(let fields):
                let factors = chosen.map { event in fields.compactMap { value($0, event.1).flatMap { number($0) } } }
                let whole = factors.filter { $0.count == fields.count }
                let micros = whole.reduce(Int128(0)) { sum, numbers in
                    sum + numbers.reduce(1_000_000) { product, number in
                        let exact = Double(product) * (number * 1e6).rounded(.toNearestOrEven) / 1e6
                        return Int128(exact.rounded(.toNearestOrEven))
                    }
                }
                row[measure.name] = whole.isEmpty ? .null : .decimal(micros: micros)
            case .combinations(let fields):
                let tuples = chosen.map { event in fields.map { shown(value($0, event.1)) } }
                row[measure.name] = .int(Int64(Set(tuples.filter { $0.contains { $0 != .null } }).count))
            case .distinct: row[measure.name] = .int(Int64(Set(found.map { shown($0) }).count))
            case .last(let field):
                let last = chosen.filter { value(field, $0.1) != nil }.max { ($0.1.time, $0.0) < ($1.1.time, $1.0) }
                row[measure.name] = last.map { shown(value(field, $0.1)) } ?? .null
            case .quantiles(_, let columns):
                let sorted = numbers.sorted()
                for column in columns { row[column.name] = statistic(column.statistic, sorted) }
            case .topK(_, let count): row[measure.name] = top(found, count)
            }
        }
        for column in view.derived {
            if case .ratio(let parts, let whole) = column.formula {
                let divisor = whole.reduce(0) { $0 + (row[$1]?.number ?? 0) }
                row[column.name] = divisor == 0 ? .null : .double(parts.reduce(0) { $0 + (row[$1]?.number ?? 0) } / divisor)
            }
        }
        return row
    }

    /// Numbers by value; of equal ones an integer comes first of all, or last.
    private static func isBefore(_ left: Value, _ right: Value, unless isFirst: Bool) -> Bool {
        guard let one = number(left), let other = number(right), one == other else {
            return number(left) ?? 0 < number(right) ?? 0
        }
        if case .int64(let one) = left, case .int64(let other) = right { return one < other }
        let isInteger = if case .int64 = left { true } else { false }
        return isInteger == isFirst
    }

    private static func own(_ value: Value) -> ViewValue {
        switch value {
        case .int64(let number): .int(number)
        case .double(let number): .double(number == 0 ? 0 : number)
        default: .null
        }
    }

    private static func statistic(_ statistic: Statistic, _ sorted: [Double]) -> ViewValue {
        switch statistic {
        case .count: .int(Int64(sorted.count))
        case .min: sorted.first.map { .double($0) } ?? .null
        case .max: sorted.last.map { .double($0) } ?? .null
        case .quantile(let millionths):
            sorted.isEmpty ? .null : .double(sorted[max(1, (sorted.count * millionths + 999_999) / 1_000_000) - 1])
        case .interpolated(let millionths):
            sorted.isEmpty ? .null : .double(between(sorted, Double(millionths) / 1e6 * Double(sorted.count - 1)))
        }
    }

    private static func between(_ sorted: [Double], _ place: Double) -> Double {
        let low = Int(place.rounded(.down))
        let high = Swift.min(low + 1, sorted.count - 1)
        return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
    }

    private static func top(_ found: [Value], _ count: Int) -> ViewValue {
        if found.isEmpty { return .null }
        let counts = Dictionary(grouping: found) { shown($0) }.mapValues { Int64($0.count) }
        let sorted = counts.sorted { ($1.value, $0.key.text!) < ($0.value, $1.key.text!) }
        let rest = sorted.dropFirst(count).reduce(0) { $0 + $1.value }
        let entries = sorted.prefix(count).map { TopEntry(value: $0.key, count: $0.value) }
        return .top(entries + (rest > 0 ? [TopEntry(value: .string("__other__"), count: rest)] : []))
    }

    static func value(_ field: Field, _ event: Event) -> Value? {
        switch (field.place, field.name) {
        case (.signal, _): .string(event.signal)
        case (.attribute, let name): event[attribute: name]
        case (_, "component"): event.component.map { .string($0) }
        case (_, "user"): event.user.map { .string($0) }
        case (_, "session"): event.session.map { .string($0) }
        case (_, "tenant"): event.tenant.map { .string($0) }
        default: event.id.map { .string($0) }
        }
    }

    private static func shown(_ value: Value?) -> ViewValue {
        switch value {
        case nil: .null
        case .int64(let number): .int(number)
        case .double(let number): Int64(exactly: number).map { .int($0) } ?? .double(number)
        case .bool(let flag): .bool(flag)
        case .string(let text), .json(let text): .string(text)
        }
    }

    private static func text(_ value: Value) -> String { shown(value).text! }

    private static func number(_ value: Value) -> Double? {
        switch value {
        case .int64(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    private static func transformed(_ value: Value?, _ transform: DimensionTransform) -> ViewValue {
        let shown = shown(value)
        switch (transform, shown) {
        case (.lower, .string(let text)): return .string(text.lowercased())
        case (.prefix(let count), .string(let text)): return .string(String(text.prefix(count)))
        case (.statusClass, _): return shown.number.map { .string("\(Int($0) / 100)xx") } ?? .null
        case (.ranges(let ranges), _):
            guard let number = shown.number else { return .null }
            return ranges.first { number < $0.below ?? .infinity }.map { .string($0.name) } ?? .null
        default: return shown
        }
    }

    static func holds(_ condition: Condition?, _ event: Event) -> Bool {
        switch condition {
        case nil: return true
        case .all(let parts): return parts.allSatisfy { holds($0, event) }
        case .any(let parts): return parts.contains { holds($0, event) }
        case .not(let part): return !holds(part, event)
        case .exists(let field): return value(field, event) != nil
        case .hasPrefix(let field, let prefix):
            if case .string(let text)? = value(field, event) { return text.hasPrefix(prefix) }
            return false
        case .contains(let field, let part):
            if case .string(let text)? = value(field, event) { return part.isEmpty || text.contains(part) }
            return false
        case .isWord(let field, let words):
            if case .string(let text)? = value(field, event) { return words.contains { $0.lowercased() == text.lowercased() } }
            return false
        case .glob(let field, let pattern):
            if case .string(let text)? = value(field, event) { return Glob(pattern).matches(text) }
            return false
        case .isIn(let field, let values): return values.contains { holds(.compare(field, .equal, $0), event) }
        case .compare(let field, let comparison, let wanted):
            guard let found = value(field, event) else { return false }
            if let left = number(found), let right = number(wanted) { return ordered(comparison, left, right) }
            if case .string(let left) = found, case .string(let right) = wanted { return ordered(comparison, left, right) }
            if case .bool(let left) = found, case .bool(let right) = wanted {
                return ordered(comparison, left ? 1 : 0, right ? 1 : 0)
            }
            return comparison == .notEqual
        }
    }

    private static func ordered<T: Comparable>(_ comparison: Comparison, _ left: T, _ right: T) -> Bool {
        switch comparison {
        case .equal: left == right
        case .notEqual: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        }
    }

    private static func floorDivide(_ left: Int64, _ right: Int64) -> Int64 {
        Int64((Double(left) / Double(right)).rounded(.down))
    }
}
