public import VarveCatalog
public import VarveProjections
public import VarveViews

/// A view that can be queried, with its metadata.
public struct ViewDescription: Sendable {
    /// A table of a view.
    public struct Table: Sendable {
        /// Nil if the view has only one table.
        public var name: String?
        /// Its columns, in the order of the rows' values: by hour, or by day if the view stores days only.
        public var columns: [ViewColumn]
    }

    /// The view for a request: `ViewRequest(description.view, …)`.
    public var view: AnyView
    public var name: String { view.name }
    public var version: Int { view.version }
    /// The fields by which its rows can be grouped.
    public var dimensions: [String]
    /// The tables; a request without a table name gets the first.
    public var tables: [Table]
    /// The available buckets, finest first; empty for a view without buckets.
    public var buckets: [BucketLevel]
    /// The zone of its days.
    public var zone: BucketZone { view.zone }
    /// A one-line description of a built-in view; nil for others.
    public var meaning: String?
    /// Units, formulas and bounds of a built-in view's columns.
    public var metrics: [MetricDescription]
    public var isBuiltIn: Bool
    /// The stored view of the projector that maintains it; nil if there is none.
    public var kept: StoredView?
    /// Whether this is the version that readers get by the plain name.
    public var isCurrent: Bool

    init(_ view: AnyView, isBuiltIn: Bool, isCurrent: Bool, kept: StoredView?) {
        self.view = view
        self.isBuiltIn = isBuiltIn
        self.isCurrent = isCurrent
        self.kept = kept
        switch view {
        case .mergeable(let definition):
            let described = isBuiltIn ? Catalog.views.first { $0.definition == definition } : nil
            dimensions = definition.dimensions.map(\.name)
            tables = [Table(name: nil, columns: ViewColumn.all(of: view))]
            buckets = BucketLevel.allCases.filter { $0 >= definition.permanentLevel || definition.levels.contains($0) }
            (meaning, metrics) = (described?.meaning, described?.metrics ?? [])
        case .sequential(let projection):
            let described = isBuiltIn ? Catalog.describedSequentialViews.first { $0.name == projection.name } : nil
            dimensions = []
            tables = projection.tables.map { Table(name: $0.name, columns: ViewColumn.all(of: view, table: $0.name)) }
            buckets = []
            (meaning, metrics) = (described?.meaning, [])
        }
    }
}
