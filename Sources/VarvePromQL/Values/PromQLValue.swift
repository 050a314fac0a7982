/// What a query evaluates to. Times are milliseconds since 1970.
public enum PromQLValue: Sendable {
    case scalar(time: Int64, Double)
    case string(time: Int64, String)
    /// One sample for each series, in the order of the evaluation, which `sort` and `topk` determine.
    case vector(time: Int64, [VectorSample])
    /// In order of labels, for a query over a range.
    case matrix([SampleSeries])

    public struct VectorSample: Sendable {
        public var labels: Labels
        public var value: Double
    }

    /// As the HTTP interface of Prometheus names it.
    public var typeName: String {
        switch self {
        case .scalar: "scalar"
        case .string: "string"
        case .vector: "vector"
        case .matrix: "matrix"
        }
    }
}
