/// A series and its samples.
public struct SampleSeries: Sendable {
    public var labels: Labels
    /// Milliseconds since 1970, ascending, each once.
    public var times: [Int64]
    /// As many as `times`. What a source gives may hold staleness markers; answers hold none.
    public var values: [Double]
    /// How long a sample is seen, in milliseconds; nil for the look-back of the query.
    public var holds: Int64?

    /// - Precondition: As many times as values.
    public init(_ labels: Labels, times: [Int64], values: [Double], holds: Int64? = nil) {
        precondition(times.count == values.count, "\(times.count) times and \(values.count) values")
        self.labels = labels
        self.times = times
        self.values = values
        self.holds = holds
    }

    /// Adds a sample that is later than all others.
    public mutating func append(_ time: Int64, _ value: Double) {
        times.append(time)
        values.append(value)
    }
}
