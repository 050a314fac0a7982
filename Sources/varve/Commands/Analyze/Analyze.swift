import ArgumentParser

struct Analyze: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze",
        abstract: "Find what is unusual, what comes next and where failures come from: in views, logs and CSV files.",
        discussion: """
            The methods are published; docs/analysis.md lists each with its source. A
            series is a column of a view, one per combination of --by, or two columns of a
            CSV file:

              varve analyze anomalies latency --column p95_ms --by component --data data
              varve analyze anomalies --csv cpu.csv --time timestamp --value value --json
            """,
        subcommands: [
            AnalyzeAnomalies.self, AnalyzeTrends.self, AnalyzeForecast.self,
            AnalyzeCapacity.self, AnalyzeChanges.self, AnalyzeCompare.self, AnalyzePeriods.self, AnalyzeErrors.self,
            AnalyzeDegradation.self, AnalyzeCreators.self, AnalyzeQuiet.self, AnalyzePatterns.self, AnalyzeFlapping.self,
            AnalyzeJourneys.self, AnalyzeClusters.self, AnalyzeCosts.self, AnalyzePrecursors.self, AnalyzeProfile.self,
        ])
}
