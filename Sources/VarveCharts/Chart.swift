/// A chart over time: what is drawn, not how. `svg` draws it for a page or as a file, `text` for a terminal.
public struct Chart: Sendable {
    public enum Kind: String, Sendable, CaseIterable { case line, area, bars }

    /// Begins the ids of its parts, unique on a page.
    public var id: String
    public var title: String
    /// Unit and bucket, beside the title: `ms, per hour`.
    public var note: String
    /// What is seen, in a sentence: a reader that sees nothing hears it.
    public var summary: String
    public var kind: Kind
    public var unit: ChartUnit
    /// When the first bucket begins, in nanoseconds since 1970, and how long a bucket is.
    public var start: Int64
    public var step: Int64
    public var series: [ChartSeries]
    public var bounds: [ChartBound] = []
    public var markers: [ChartMarker] = []
    /// Whether the last bucket still runs: its bar is open, and no line falls to it.
    public var isLastOpen = false
    /// Pixels between the axis and the top of the plot.
    public var plotHeight = 180.0
    /// At most so many columns of marks: more values than that keep their least and greatest of each column.
    public var columnsMax = 960

    public init(
        id: String, title: String, note: String = "", summary: String = "", kind: Kind, unit: ChartUnit, start: Int64,
        step: Int64, series: [ChartSeries]
    ) {
        self.id = id
        self.title = title
        self.note = note
        self.summary = summary
        self.kind = kind
        self.unit = unit
        self.start = start
        self.step = max(1, step)
        self.series = series
    }

    /// Buckets.
    public var count: Int { series.map(\.values.count).max() ?? 0 }

    /// The values of a series that are drawn: an open bucket that still counts would look like a fall.
    func drawn(_ values: [Double?]) -> [Double?] {
        guard isLastOpen, values.count == count, count > 1, unit == .count else { return values }
        return Array(values.dropLast()) + [nil]
    }

    /// Whether there is any value.
    public var isEmpty: Bool { !series.contains { $0.values.contains { $0 != nil } } }

    /// Where the time axis ends.
    public var end: Int64 {
        let (length, overflow) = step.multipliedReportingOverflow(by: Int64(count))
        return overflow ? .max : start.addingReportingOverflow(length).partialValue
    }

    /// Stretches of two and more buckets without a value in any series, of what is not before its first value.
    var gaps: [Range<Int>] {
        var found: [Range<Int>] = []
        var from: Int?
        for index in 0...count {
            let isEmpty = index < count && !series.contains { index < $0.values.count && $0.values[index] != nil && !$0.isGhost }
            if isEmpty {
                from = from ?? index
            } else if let first = from {
                if index - first >= 2, index < count || first > 0 { found.append(first..<index) }
                from = nil
            }
        }
        return found
    }

    /// The same as moments.
    public var gapRanges: [(start: Int64, end: Int64)] {
        gaps.map { (start &+ Int64($0.lowerBound) &* step, start &+ Int64($0.upperBound) &* step) }
    }
}
