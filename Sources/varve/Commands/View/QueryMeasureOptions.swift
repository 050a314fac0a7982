import ArgumentParser
import VarveProjections

/// The measures of a query.
struct QueryMeasureOptions: ParsableArguments {
    @Flag(help: "The number of events. The default.") var count = false
    @Option(help: ArgumentHelp("The sum of a field.", valueName: "field")) var sum: [String] = []
    @Option(help: ArgumentHelp("The mean of a field.", valueName: "field")) var avg: [String] = []
    @Option(help: ArgumentHelp("The minimum.", valueName: "field")) var min: [String] = []
    @Option(help: ArgumentHelp("The maximum.", valueName: "field")) var max: [String] = []
    @Option(help: ArgumentHelp("The median.", valueName: "field")) var p50: [String] = []
    @Option(help: ArgumentHelp("The 95th percentile.", valueName: "field")) var p95: [String] = []
    @Option(help: ArgumentHelp("The 99th percentile.", valueName: "field")) var p99: [String] = []
    @Option(
        help: ArgumentHelp("Another percentile: 0.999:duration_ms, or 99.9:duration_ms.", valueName: "p:field"),
        transform: { text in
            guard let measure = QueryMeasure(quantile: text) else {
                throw ValidationError("give a fraction and a field, such as 0.999:duration_ms")
            }
            return measure
        })
    var quantile: [QueryMeasure] = []
    @Option(help: ArgumentHelp("The number of distinct values, or combinations of fields.", valueName: "field[,field]"))
    var distinct: [String] = []

    var all: [QueryMeasure] {
        let kinds: [(QueryMeasure.Kind, [String])] = [
            (.sum, sum), (.average, avg), (.min, min), (.max, max), (.quantile(millionths: 500_000), p50),
            (.quantile(millionths: 950_000), p95), (.quantile(millionths: 990_000), p99), (.distinct, distinct),
        ]
        return (count ? [.count] : []) + kinds.flatMap { kind, fields in fields.map { QueryMeasure(kind, of: $0) } } + quantile
    }

    func validate() throws {
        if all.contains(where: { $0.kind != .count && $0.field.isEmpty }) { throw ValidationError("A measure needs a field.") }
    }
}

/// Which rows are printed, and in which order.
struct OrderOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Sort by this column, ascending unless followed by :desc.", valueName: "column[:asc|:desc]"))
    var sort: String?
    @Option(help: "The top N rows by --sort, or else by the first measure; largest first.") var top: Int?
    @Option(help: "At most this many rows.") var limit: Int?

    var order: RowOrder { RowOrder(sort: sort, top: top, limit: limit) }

    func validate() throws {
        for (name, number) in [("--top", top), ("--limit", limit)] {
            if let number, number < 1 { throw ValidationError("\(name) must be at least 1.") }
        }
    }
}
