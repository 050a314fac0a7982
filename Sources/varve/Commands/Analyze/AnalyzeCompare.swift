import ArgumentParser
import VarveReports

struct AnalyzeCompare: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Test whether two groups of a view differ.",
        discussion: """
            The rows of two values of a dimension are compared, bucket by bucket value:
            the means, their difference with confidence limits, Welch's test of the means and
            the Mann-Whitney test of the ranks. A probability below 0.05 is the usual sign of
            a difference. The tests assume independent rows.

              varve analyze compare latency --column p95_ms --by variant --group A --group B --data data
            """)

    @OptionGroup var series: SeriesOptions
    @Option(help: "A value of the dimension of --by; give two.") var group: [String] = []
    @Option(help: "The confidence level of the limits, in percent.") var level = 95.0
    @Flag(help: "Print a JSON array with one object.") var json = false

    func validate() throws {
        guard series.csv == nil else { throw ValidationError("compare reads a view: give its name and --by.") }
        guard let by = series.by, !by.contains(",") else { throw ValidationError("Give one dimension: --by NAME.") }
        guard group.count == 2, group[0] != group[1] else { throw ValidationError("Give two values: --group A --group B.") }
        guard level > 0, level < 100 else { throw ValidationError("--level must lie between 0 and 100.") }
    }

    func run() throws {
        try AnalysisPrinter.print(SeriesAnswers.compare(series.read(), groups: group, level: level / 100), json: json)
    }
}
