import ArgumentParser
import VarveReports

struct AnalyzeCosts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "costs", abstract: "Add up what failures cost.",
        discussion: """
            The number of events of each signal by component, times its price; and how much
            of it is beyond the failures of a usual day (the median).

              varve analyze costs --data data --price retry.failure=2.50 --price optimistic_action.rollback=1 --currency EUR
            """)

    @Option(help: "SIGNAL=MONEY. May be repeated.") var price: [String] = []
    @Option(help: "The currency's name, for the text.") var currency: String?
    @OptionGroup var options: AnalyzeOptions

    func run() throws { try options.run(.costs, ["price": price, "currency": values(currency)]) }
}

struct AnalyzeProfile: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile", abstract: "Show where time is spent: routes, queries, spans, actions, pages, views.",
        discussion: """
            The sum of duration_ms by name, the largest first, with its share of all time of
            its kind.

              varve analyze profile --data data --top 5
            """)

    @Option(help: "Rows of each kind.") var top = 10
    @OptionGroup var options: AnalyzeOptions

    func run() throws { try options.run(.profile, ["top": ["\(top)"]]) }
}

struct AnalyzePrecursors: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "precursors", abstract: "Measure how well one series predicts the failures of another.",
        discussion: """
            Failures are stretches of the target far from its median in the bad direction;
            alarms are points of the column far from its median. For each series: the precision of its alarms
            beside that of alarms at random, the share of failures announced, and the time
            from alarm to failure. An alarm whose horizon has not passed is pending.

              varve analyze precursors retry_success --column retry_success --by component \\
                --target rollback_rate.rollback_rate --horizon 6h --data data
            """)

    @Argument(help: "The view of the possible precursors.") var view: String
    @Option(help: "Its column.") var column: String
    @Option(help: "The failing series: VIEW.COLUMN.") var target: String
    @Option(help: "How long before a failure an alarm counts: 90m, 6h, 2d.") var horizon = "6h"
    @OptionGroup var options: AnalyzeOptions

    func run() throws {
        try options.run(.precursors, view: view, column: column, ["target": [target], "horizon": [horizon]])
    }
}
