internal import VarveEvents
internal import VarveProjections
internal import VarveViews
internal import VarveWorkspace

/// A question that a part of a page has. Equal ones are asked once a page.
struct Ask: Hashable, Sendable {
    var view: String
    var table: String?
    /// Nil for a table without buckets.
    var bucket: BucketLevel?
    /// Nil for all dimensions, empty for none.
    var by: [String]?
    var filters: [String] = []
    var from: Timestamp?
    var to: Timestamp?
    var sort: String?
    var top: Int?
    var limit = Ask.rowsMax

    /// Rows that a part of a page reads at most.
    static let rowsMax = 5_000

    init(
        _ view: String, _ bucket: BucketLevel?, by: [String]? = [], where filters: [String] = [], from: Timestamp? = nil,
        to: Timestamp? = nil, table: String? = nil, limit: Int = Ask.rowsMax, sort: String? = nil, top: Int? = nil
    ) {
        self.view = view
        self.bucket = bucket
        self.by = by
        self.filters = filters
        self.from = from
        self.to = to
        self.sort = sort
        self.top = top
        self.table = table
        self.limit = limit
    }

    /// Rows of a view that is folded in order.
    static func table(
        _ view: String, _ table: String? = nil, where filters: [String] = [], sort: String? = nil, limit: Int = 200
    ) -> Ask {
        Ask(view, nil, by: nil, where: filters, table: table, limit: limit, sort: sort)
    }

    func request(_ view: AnyView, projector: String, _ moment: AsOf?) throws(PageProblem) -> ViewRequest {
        var conditions: [DimensionFilter] = []
        for text in filters {
            do {
                conditions.append(DimensionFilter(try FieldCondition(parsing: text)))
            } catch {
                throw .bad("where", "where “\(text)”: \(error)")
            }
        }
        return ViewRequest(
            view, source: .keptOrLog(projector: projector), asOf: moment, bucket: bucket, table: table, by: by, where: conditions,
            from: from, to: to, order: RowOrder(sort: sort, top: top, limit: limit))
    }

    /// The same question as the parameters of a request to the server.
    var items: [PageState.Item] {
        var items: [PageState.Item] = []
        if let table { items.append(.init("table", table)) }
        if let bucket { items.append(.init("bucket", bucket.name)) }
        if let by { items.append(.init("by", by.isEmpty ? "none" : by.joined(separator: ","))) }
        items += filters.map { .init("where", $0) }
        if let from { items.append(.init("from", BucketZone.utc.text(from))) }
        if let to { items.append(.init("to", BucketZone.utc.text(to))) }
        if let sort { items.append(.init("sort", sort)) }
        if let top { items.append(.init("top", "\(top)")) }
        return items
    }
}
