import ArgumentParser
import VarveAnalysis
import VarveProjections
import VarveWire

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
        let all = try series.read()
        let samples = try group.map { name in
            let one = all.first { $0.labelTexts == [name] }
            guard let one else {
                let known = all.prefix(8).map { $0.labelTexts.joined() }.joined(separator: ", ")
                throw ValidationError("There is no group '\(name)'. There are: \(known.isEmpty ? "none" : known).")
            }
            return one.points.compactMap { point in point.value.flatMap { $0.isFinite && abs($0) < 1e150 ? $0 : nil } }
        }
        guard let found = GroupDifference(samples[0], samples[1], level: level / 100) else {
            throw CommandFailure(
                .failure, "each group needs at least two values, and they must differ", next: "choose a longer range of time")
        }
        if json {
            try Output.standard.array([object(found)])
        } else {
            let numbers = ["rows", "mean"]
            var table = Table(["group"] + numbers, numbers: Set(numbers))
            table.add([group[0], "\(samples[0].count)", ViewFormat.text(.double(found.means.0))])
            table.add([group[1], "\(samples[1].count)", ViewFormat.text(.double(found.means.1))])
            try Output.standard.write(table.text())
            let texts = [found.difference, found.low, found.high, found.welch, found.mannWhitney ?? .nan].map {
                ViewFormat.text(.double($0))
            }
            try Output.standard.line(
                "difference \(texts[0]) (\(texts[1]) to \(texts[2])); probability without an effect: Welch \(texts[3]), "
                    + "Mann-Whitney \(texts[4])")
        }
    }

    private func object(_ found: GroupDifference) -> String {
        var line = JSONLine()
        line.field("a", group[0])
        line.field("b", group[1])
        line.field("mean_a", found.means.0)
        line.field("mean_b", found.means.1)
        line.field("difference", found.difference)
        line.field("low", found.low)
        line.field("high", found.high)
        line.field("welch_probability", found.welch)
        line.field("mann_whitney_probability", found.mannWhitney)
        return line.text
    }
}
