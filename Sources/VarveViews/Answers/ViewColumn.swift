public import VarveProjections

/// A column of an answer.
public struct ViewColumn: Hashable, Sendable {
    /// The type of its values. Any value may be absent.
    public enum Kind: String, Sendable {
        case time, integer, number, boolean, text, list
        /// Values of several types.
        case any
    }

    public var name: String
    public var kind: Kind
    /// Whether rows are grouped by it.
    public var isDimension: Bool

    public init(_ name: String, _ kind: Kind, isDimension: Bool = false) {
        self.name = name
        self.kind = kind
        self.isDimension = isDimension
    }
}

extension ViewColumn {
    /// The columns of an answer of `view`.
    static func all(of view: ViewDefinition, _ bucket: BucketLevel, by: [String]?) -> [ViewColumn] {
        let time = bucket == .all ? [] : [ViewColumn("time", .time)]
        let dimensions = view.dimensions.filter { by?.contains($0.name) ?? true }.map {
            ViewColumn($0.name, .any, isDimension: true)
        }
        let measures = view.measures.flatMap { measure -> [ViewColumn] in
            switch measure.kind {
            case .count, .distinct, .combinations: [ViewColumn(measure.name, .integer)]
            case .sum, .product, .min, .max: [ViewColumn(measure.name, .number)]
            case .last: [ViewColumn(measure.name, .any)]
            case .topK: [ViewColumn(measure.name, .list)]
            case .quantiles(_, let columns): columns.map { ViewColumn($0.name, $0.statistic == .count ? .integer : .number) }
            }
        }
        return time + dimensions + measures + view.derived.map { ViewColumn($0.name, .number) }
    }

    /// The columns of the table `name` of `view`; nil for its first or only table. Only the rows show the types of a sequential
    /// view's columns, so they are all `.any` except `time`.
    public static func all(of view: AnyView, table name: String? = nil) -> [ViewColumn] {
        switch view {
        case .mergeable(let definition): return all(of: definition, max(.hour, definition.permanentLevel), by: nil)
        case .sequential(let projection):
            let table = name.map { name in projection.tables.first { $0.name == name } } ?? projection.tables.first
            return table?.columns.map { ViewColumn($0, $0 == "time" ? .time : .any) } ?? []
        }
    }

    /// The columns of a table, with types from its rows.
    static func all(of table: SequentialTable, _ rows: [ViewRow]) -> [ViewColumn] {
        table.columns.enumerated().map { index, name in
            let kinds = Set(rows.compactMap { index < $0.values.count ? Self.kind(of: $0.values[index].value) : nil })
            let kind: Kind = kinds.count == 1 ? kinds.first ?? .any : kinds == [.integer, .number] ? .number : .any
            return ViewColumn(name, kind)
        }
    }

    private static func kind(of value: ViewValue) -> Kind? {
        switch value {
        case .null: nil
        case .bool: .boolean
        case .int: .integer
        case .double, .decimal: .number
        case .string: .text
        case .time: .time
        case .top: .list
        }
    }
}
