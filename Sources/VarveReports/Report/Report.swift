public import VarveEvents
public import VarveViews

/// A report: what happened in a range of time, why, and what to do.
public struct Report: Sendable {
    public var kind: ReportKind
    public var title: String
    public var range: Range<Timestamp>
    /// What the range is compared with; nil if there are no earlier events.
    public var against: Range<Timestamp>?
    /// The log's end when it was made: the same offset gives the same report.
    public var offset: UInt64
    /// The most important things first, one sentence each.
    public var summary: [String]
    public var sections: [ReportSection]
    /// By priority.
    public var actions: [ReportAction]
}

extension ReportKind {
    /// Makes the report. Blocks.
    ///
    /// - Parameters:
    ///   - from: the range of event times; by default the newest day or week, or all events.
    ///   - asOf: a past state of the log; nil for now.
    public func report(_ rows: AnalysisRows, from: Timestamp? = nil, to: Timestamp? = nil, asOf: AsOf? = nil) throws -> Report {
        try ReportBuilder(self, rows, from: from, to: to, asOf: asOf).build()
    }
}
