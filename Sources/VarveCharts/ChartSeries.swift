/// One line, area or row of bars.
public struct ChartSeries: Sendable {
    public var name: String
    /// One a bucket; nil where there is none, which is drawn as a gap.
    public var values: [Double?]
    /// The least and the greatest beneath each value, drawn as a band.
    public var low: [Double?]
    public var high: [Double?]
    /// What it is compared with: the previous period, drawn as a thin grey line.
    public var isGhost: Bool

    public init(_ name: String, _ values: [Double?], low: [Double?] = [], high: [Double?] = [], isGhost: Bool = false) {
        self.name = name
        self.values = values
        self.low = low
        self.high = high
        self.isGhost = isGhost
    }

    /// The last value that there is.
    var last: (index: Int, value: Double)? {
        for index in values.indices.reversed() {
            if let value = values[index], value.isFinite { return (index, value) }
        }
        return nil
    }
}
