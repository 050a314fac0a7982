/// How much of all time one thing takes: a route, a view, a query.
public struct TimeShare: Hashable, Sendable {
    public var name: String
    public var count: Int
    /// Milliseconds of all of them, and the 95th percentile of one; nil if not known.
    public var total: Double
    public var p95: Double?
    /// Of the time of all, and of it and the larger ones together.
    public var share = 0.0
    public var cumulative = 0.0
    public var mean: Double? { count > 0 ? total / Double(count) : nil }

    public init(name: String, count: Int, total: Double, p95: Double?) {
        (self.name, self.count, self.total, self.p95) = (name, count, total, p95)
    }

    /// The most time first, with shares.
    public static func profile(_ all: [TimeShare]) -> [TimeShare] {
        let whole = all.reduce(0) { $0 + max(0, $1.total) }
        var sum = 0.0
        return all.sorted { ($1.total, $0.name) < ($0.total, $1.name) }.map { one in
            var row = one
            sum += max(0, one.total)
            row.share = whole > 0 ? max(0, one.total) / whole : 0
            row.cumulative = whole > 0 ? sum / whole : 0
            return row
        }
    }
}
