import ArgumentParser
import VarveAlerts
import VarveLog
import VarveProjections
import VarveWire

struct AlertSweepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Replay a rule with other thresholds and durations, and recommend one.",
        discussion: """
            All combinations in one replay. Where the log knows incidents, firings within them
            found them and others are false; recommended is what finds most with the fewest
            false firings, and the soonest. Where it knows none, it is the most sensitive one
            that fires no more than seven times a week.

              varve alert sweep high_error_rate --data data
              varve alert sweep errors --rules rules.yaml --thresholds 0.01,0.05 --durations 0,5m --data data --json
            """)

    @Argument(help: "The rule's id.") var rule: String
    @OptionGroup var data: DataOption
    @OptionGroup var rules: RulesOption
    @Option(help: "Thresholds, separated by commas; by default some around the rule's own.") var thresholds: String?
    @Option(help: "Durations, separated by commas; by default 0, 1m, 5m, 15m and the rule's own.") var durations: String?
    @Option(help: "The first moment (RFC 3339, or a day); by default the log's.") var from: TimeArgument?
    @Option(help: "The last moment; by default the log's.") var to: TimeArgument?
    @Flag(help: "A JSON array with an object for every combination.") var json = false

    private var numbers: [Double]? { thresholds?.split(separator: ",").compactMap { Double(String($0)) } }
    private var lengths: [Int64]? { durations?.split(separator: ",").compactMap { RuleDuration.parse(String($0)) } }

    func validate() throws {
        if let thresholds, numbers?.count != thresholds.split(separator: ",").count || numbers?.isEmpty == true {
            throw ValidationError("--thresholds must be numbers, as 0.01,0.05.")
        }
        if let durations, lengths?.count != durations.split(separator: ",").count || lengths?.isEmpty == true {
            throw ValidationError("--durations must be durations, as 0,1m,5m.")
        }
        if let numbers, let lengths, numbers.count * lengths.count > 400 { throw ValidationError("At most 400 combinations.") }
    }

    func run() async throws {
        try DataDirectory.check(data.path)
        let set = try rules.read(at: data.path)
        let found = try AlertCommands.rule(rule, set, try AlertCommands.history(data.path))
        let views = AlertCommands.views(at: data.path)
        for problem in views.problems(of: found) { throw CommandFailure(.configuration, "rule \(found.id): \(problem)") }
        let incidents = try IncidentHistory.read(LogReader.open(at: data.path)).all
        let sweep: AlertSweep
        do throws(AlertAct.Refusal) { sweep = try AlertSweep(found, thresholds: numbers, durations: lengths) } catch {
            throw AlertCommands.refused(error)
        }
        let workspace = try await AlertCommands.reading(data.path)
        let rows = try await sweep.run(
            views, from: from?.timestamp, to: to?.timestamp, incidents: incidents, over: workspace)
        if json { return try Output.standard.array(rows.lazy.map(\.json)) }
        let names = ["threshold", "duration", "fired", "per week", "found", "false", "delay s", ""]
        var table = Table(names, numbers: ["threshold", "fired", "per week", "found", "false", "delay s"])
        for row in rows {
            table.add([
                Self.number(row.threshold), RuleDuration.text(row.duration), "\(row.fired)", Self.number(row.perWeek),
                row.incidents == 0 ? "-" : "\(row.detected)/\(row.incidents)", row.falseFirings.map { "\($0)" } ?? "-",
                row.meanDelay.map(Self.number) ?? "-", row.isRecommended ? "recommended" : "",
            ])
        }
        try Output.standard.write(table.text())
    }

    private static func number(_ value: Double) -> String { ViewFormat.text(.double(value)) }
}
