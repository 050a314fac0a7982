internal import VarveProjections

/// What a question measures: the names are those of the command's flags, and a value is a field.
enum QueryMeasures {
    static func read(_ query: QueryText) throws(Problem) -> [QueryMeasure] {
        let kinds: [(String, QueryMeasure.Kind)] = [
            ("sum", .sum), ("avg", .average), ("min", .min), ("max", .max), ("p50", .quantile(millionths: 500_000)),
            ("p95", .quantile(millionths: 950_000)), ("p99", .quantile(millionths: 990_000)), ("distinct", .distinct),
        ]
        var measures: [QueryMeasure] = try query.flag("count") ? [.count] : []
        for (name, kind) in kinds {
            for field in query.all(name) {
                guard !field.isEmpty else { throw .badParameter(name, "a measure needs a field") }
                measures.append(QueryMeasure(kind, of: field))
            }
        }
        for text in query.all("quantile") {
            guard let measure = QueryMeasure(quantile: text), !measure.field.isEmpty else {
                throw .badParameter("quantile", "a share and a field, such as 0.999:duration_ms")
            }
            measures.append(measure)
        }
        return measures
    }
}
