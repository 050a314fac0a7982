internal import VarveEvents
internal import VarveProjections

/// The filters of a request for a view whose states merge. Those on dimensions select cells before they are merged; those on
/// columns select the rows of the answer.
struct ViewFilters {
    /// On dimensions.
    let ofCells: [DimensionFilter]
    private let ofRows: [(column: String, filter: DimensionFilter)]

    /// - Throws: `.unknownField` for a filter on neither.
    init(_ filters: [DimensionFilter], of view: ViewDefinition) throws(QueryError) {
        let dimensions = view.dimensions.map(\.name)
        ofCells = filters.filter { $0.column(among: dimensions) != nil }
        ofRows = try filters.filter { $0.column(among: dimensions) == nil }.map { filter throws(QueryError) in
            guard let column = filter.column(among: view.columnNames) else {
                throw .unknownField(filter.dimension, view: view.name, dimensions: dimensions, columns: view.columnNames)
            }
            return (column, filter)
        }
    }

    /// Whether a row of the answer passes. A row without a value in the column passes no comparison.
    func allows(_ row: ViewRow) -> Bool {
        ofRows.allSatisfy { $0.filter.allows(row[$0.column] ?? .null, $0.filter.condition.test) }
    }
}
