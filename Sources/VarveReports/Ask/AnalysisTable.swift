public import VarveProjections
internal import VarveWire
internal import VarveWorkspace

/// Rows of an answer, as a table and as JSON objects.
public struct AnalysisTable: Sendable {
    /// Above the table; nil for none.
    public var title: String?
    public var columns: [String]
    /// Columns that are numbers.
    public var numbers: Set<String>
    public var rows: [[ViewValue]] = []
    /// What is said when there are no rows.
    public var empty: String

    public init(_ title: String? = nil, _ columns: [String], numbers: Set<String> = [], empty: String = "no rows") {
        (self.title, self.columns, self.numbers, self.empty) = (title, columns, numbers, empty)
    }

    public mutating func add(_ row: [ViewValue]) {
        precondition(row.count == columns.count, "\(row.count) values for \(columns.count) columns")
        rows.append(row)
    }

    /// One object per row.
    public var objects: [String] {
        rows.map { row in
            var line = JSONLine()
            for (name, value) in zip(columns, row) { line.field(name, json: value.json) }
            return line.text
        }
    }

    public var json: String { JSONLine.array(objects) }
}

extension ViewValue {
    static func number(_ value: Double?) -> ViewValue { value.map { $0.isFinite ? .double($0) : .null } ?? .null }
    static func count(_ value: Int?) -> ViewValue { value.map { .int(Int64($0)) } ?? .null }
    static func words(_ value: String?) -> ViewValue { value.map { .string($0) } ?? .null }
}
