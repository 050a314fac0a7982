internal import VarveEvents
internal import VarveProjections

/// Which rows of an answer, and in which order.
public struct RowOrder: Hashable, Sendable {
    /// A column to sort by.
    public struct Key: Hashable, Sendable {
        public var column: String
        public var isDescending: Bool

        public init(_ column: String, isDescending: Bool) {
            self.column = column
            self.isDescending = isDescending
        }
    }

    /// The first counts most; rows that are equal in all of them stay in their order. None leaves that of time and dimensions.
    public var keys: [Key] = []
    /// How many rows there are at most; nil for all.
    public var limit: Int?

    public init(by keys: [Key] = [], limit: Int? = nil) {
        self.keys = keys
        self.limit = limit
    }
}

extension RowOrder {
    /// Sorts and cuts `rows`, whose columns are `columns`; says how many went.
    func apply(to rows: inout [ViewRow], _ columns: [String], view: String) throws(QueryError) -> Int {
        for key in keys where !columns.contains(key.column) {
            throw .unknownDimension(key.column, view: view, known: columns)
        }
        if !keys.isEmpty {
            let values = rows.map { row in keys.map { Self.value(row, $0.column) } }
            let sorted = rows.indices.sorted { left, right in
                for (index, key) in keys.enumerated() {
                    let order = Self.order(values[left][index] ?? .null, values[right][index] ?? .null, key.isDescending)
                    if order != 0 { return order < 0 }
                }
                return left < right
            }
            rows = sorted.map { rows[$0] }
        }
        guard let limit, rows.count > max(0, limit) else { return 0 }
        let cut = rows.count - max(0, limit)
        rows.removeLast(cut)
        return cut
    }

    private static func value(_ row: ViewRow, _ column: String) -> ViewValue? {
        if column == "time", let time = row.time { return .time(time) }
        return row[column]
    }

    /// Numbers before texts, each among themselves; what is absent comes last either way.
    private static func order(_ left: ViewValue, _ right: ViewValue, _ isDescending: Bool) -> Int {
        let (first, second) = (rank(left), rank(right))
        if first != second { return first < second ? -1 : 1 }
        let order: Int
        switch (left, right) {
        case (.time(let left), .time(let right)): order = left < right ? -1 : left == right ? 0 : 1
        case (.int(let left), .int(let right)): order = left < right ? -1 : left == right ? 0 : 1
        case (.decimal(let left), .decimal(let right)): order = left < right ? -1 : left == right ? 0 : 1
        default:
            if let left = left.number, let right = right.number {
                order = left < right ? -1 : left == right ? 0 : 1
            } else {
                let (left, right) = ((left.text ?? "").utf8, (right.text ?? "").utf8)
                order = left.lexicographicallyPrecedes(right) ? -1 : right.lexicographicallyPrecedes(left) ? 1 : 0
            }
        }
        return isDescending ? -order : order
    }

    private static func rank(_ value: ViewValue) -> Int {
        switch value {
        case .int, .double, .decimal: 0
        case .bool: 1
        case .time: 2
        case .string, .top: 3
        case .null: 4
        }
    }
}
