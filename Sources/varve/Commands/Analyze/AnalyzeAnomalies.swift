import ArgumentParser
import VarveAnalysis
import VarveReports

struct AnalyzeAnomalies: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anomalies", abstract: "Mark the points where anomalies begin.",
        discussion: """
            Each row has the value expected from the rows before it, a band that single
            values leave about as rarely as the sensitivity implies, and a score: 2 is as
            rare as one point in a hundred of a quiet series, 3 as one in a thousand. A row
            is marked where an anomaly begins; while it lasts it is not marked again, until
            the series has calmed down or a point is a hundred times rarer. The first 60
            values are not judged. Without --json only the anomalies are printed.

              varve analyze anomalies volume --column events --data data
              varve analyze anomalies --csv cpu.csv --time timestamp --value value --json
            """)

    @OptionGroup var series: SeriesOptions
    @Option(help: "low, normal or high: how rare a point must be (one in 1,000, 200 or 60).")
    var sensitivity = AnomalySensitivity.normal
    @Flag(help: "Print a JSON array with one object per row.") var json = false

    func run() throws {
        try AnalysisPrinter.print(SeriesAnswers.anomalies(series.read(), sensitivity), json: json)
    }
}
