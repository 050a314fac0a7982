/// Which rows of an answer are shown, and in which order.
public struct RowOrder: Hashable, Sendable {
    /// The column to sort by; nil keeps the order of time and dimensions.
    public var column: String?
    /// Whether the largest come first; nil for ascending, or descending if `top` is set.
    public var isDescending: Bool?
    /// Only the first N by the column, or by the first measure.
    public var top: Int?
    /// The maximum number of rows.
    public var limit: Int?

    public init(column: String? = nil, isDescending: Bool? = nil, top: Int? = nil, limit: Int? = nil) {
        self.column = column
        self.isDescending = isDescending
        self.top = top
        self.limit = limit
    }

    /// Parses `COLUMN`, `COLUMN:asc` or `COLUMN:desc`.
    public init(sort text: String?, top: Int?, limit: Int?) {
        self.init(top: top, limit: limit)
        for (suffix, isDescending) in [(":asc", false), (":desc", true)] {
            guard let text, text.hasSuffix(suffix), text.utf8.count > suffix.utf8.count else { continue }
            self.column = String(text.dropLast(suffix.count))
            self.isDescending = isDescending
            return
        }
        column = text
    }

    /// The rows to show. The sort is stable; rows without a value come last. `measures` are the columns after time and
    /// dimensions.
    public func apply(_ rows: [ViewRow], measures: [String], columns: [String], of view: String) throws(QueryError) -> [ViewRow] {
        var shown = rows
        if let column = column ?? (top == nil ? nil : measures.first) {
            guard columns.contains(column) else { throw .unknownColumn(column, view: view, known: columns) }
            let isDescending = isDescending ?? (top != nil)
            let keys = rows.map { row in row.sortValue(column) }
            let sorted = rows.indices.sorted { left, right in
                switch (keys[left], keys[right]) {
                case (.null, .null): return left < right
                case (.null, _): return false
                case (_, .null): return true
                case (let one, let other):
                    let order = ViewValue.order(one, other)
                    return order == 0 ? left < right : isDescending ? order > 0 : order < 0
                }
            }
            shown = sorted.map { rows[$0] }
        }
        let count = [top, limit].compactMap { $0 }.min() ?? shown.count
        return Array(shown.prefix(max(0, count)))
    }
}

extension ViewRow {
    fileprivate func sortValue(_ column: String) -> ViewValue {
        if column == "time", let time { return .time(time) }
        return self[column] ?? .null
    }
}

extension ViewValue {
    /// Negative, 0 or positive; numbers by value, texts by their bytes, kinds in a fixed order.
    fileprivate static func order(_ left: ViewValue, _ right: ViewValue) -> Int {
        switch (left, right) {
        case (.int(let left), .int(let right)): left < right ? -1 : left > right ? 1 : 0
        case (.decimal(let left), .decimal(let right)): left < right ? -1 : left > right ? 1 : 0
        case (.time(let left), .time(let right)): left < right ? -1 : left > right ? 1 : 0
        case (.bool(let left), .bool(let right)): left == right ? 0 : left ? 1 : -1
        default:
            if let left = left.number, let right = right.number {
                left < right ? -1 : left > right ? 1 : 0
            } else if left.rank != right.rank {
                left.rank < right.rank ? -1 : 1
            } else {
                order(left.text ?? "", right.text ?? "")
            }
        }
    }

    private static func order(_ left: String, _ right: String) -> Int {
        left.utf8.elementsEqual(right.utf8) ? 0 : left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
    }

    private var rank: Int {
        switch self {
        case .null: 0
        case .bool: 1
        case .int, .double, .decimal: 2
        case .time: 3
        case .string, .top: 4
        }
    }
}
