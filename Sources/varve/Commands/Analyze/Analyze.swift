import ArgumentParser

struct Analyze: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What is unusual in a series, of a view or of any CSV file.",
        discussion: """
            Plain, published methods; docs/analysis.md names each with its source. A series
            is a column of a view, one for each combination of --by, or two columns of a CSV
            file:

              varve analyze anomalies latency --column p95_ms --by component --data data
              varve analyze anomalies --csv cpu.csv --time timestamp --value value --json
            """,
        subcommands: [AnalyzeAnomalies.self, AnalyzeTrends.self])
}
