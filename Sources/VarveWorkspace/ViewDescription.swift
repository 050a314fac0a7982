public import VarveCatalog
public import VarveProjections
public import VarveViews

/// A view that can be asked, and what is known of it.
public struct ViewDescription: Sendable {
    /// A table of rows that a view answers with.
    public struct Table: Sendable {
        /// Nil for a view that has one.
        public var name: String?
        /// Its columns, in the order of the rows' values, by hours or, where the view keeps days, by days.
        public var columns: [ViewColumn]
    }

    /// What to ask it by: `ViewRequest(description.view, …)`.
    public var view: AnyView
    public var name: String { view.name }
    public var version: Int { view.version }
    /// The fields that its rows can be split by.
    public var dimensions: [String]
    /// Of a view with several tables, the first is the one that a request without a table's name gets.
    public var tables: [Table]
    /// The buckets that can be asked for, finest first; none of a view without buckets.
    public var buckets: [BucketLevel]
    /// Where its days begin.
    public var zone: BucketZone { view.zone }
    /// One line of a built-in view; nil of others.
    public var meaning: String?
    /// Units, formulas and bounds of a built-in view's columns.
    public var metrics: [MetricDescription]
    public var isBuiltIn: Bool
    /// How far the projector is that keeps it; nil when it does not.
    public var kept: StoredView?
    /// Whether this is the version that readers see who ask for the name alone.
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
