internal import VarveCharts

/// A part of a report: sentences, then a table, then charts.
public struct ReportSection: Sendable {
    /// A name for programs.
    public var id: String
    public var title: String
    public var sentences: [String]
    public var tables: [AnalysisTable]
    /// Where to look further: an address within the server, and a command.
    public var links: [(text: String, path: String)]
    var charts: [Chart]

    init(
        _ id: String, _ title: String, _ sentences: [String] = [], tables: [AnalysisTable] = [],
        links: [(text: String, path: String)] = [], charts: [Chart] = []
    ) {
        (self.id, self.title, self.sentences, self.tables) = (id, title, sentences, tables)
        (self.links, self.charts) = (links, charts)
    }
}
