import ArgumentParser
import VarveReports

struct AnalyzeErrors: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "errors", abstract: "Count errors by message, path, status and time, and find what stands out.",
        discussion: """
            Counts failed requests (5xx), caught and uncaught script errors, given-up
            retries, error lines of logs, failed queries and spans: the most frequent, their
            trend, spikes beyond the expected number, response times (p95) that grew, and
            other unusual counts and shares. Shares and lasting slowness compare the last
            quarter of the range, a day at most, with the time before.

              varve analyze errors --data data --from 2026-01-20 --to 2026-01-23
              varve analyze errors --data data --where component=PaymentButton --json
            """)

    @OptionGroup var options: AnalyzeOptions

    func run() throws { try options.run(.errors) }
}

struct AnalyzeDegradation: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "degradation", abstract: "Compare success rates by channel, now and before.",
        discussion: """
            Of print channels and connected services; with a view, of one of its ratios by a
            dimension. A channel is degraded if the test of two proportions gives a
            probability below one in a hundred, divided by the number of channels.

              varve analyze degradation --data data --recent 7d
              varve analyze degradation rollback_rate --data data --by component --recent 24h
            """)

    @Argument(help: "A view with a ratio; by default print channels and connected services.") var view: String?
    @Option(help: "The ratio; by default the view's first.") var column: String?
    @Option(help: "How long the recent part of the range is: 90m, 24h, 7d. By default a quarter, a day at most.")
    var recent: String?
    @Option(help: "higher_is_better or lower_is_better; by default from the catalog.") var polarity: String?
    @OptionGroup var options: AnalyzeOptions

    func run() throws {
        try options.run(
            .degradation, view: view, column: column, ["recent": values(recent), "polarity": values(polarity)])
    }
}

struct AnalyzePeriods: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "periods", abstract: "Compare a period with the one before it.",
        discussion: """
            The newest day, week or 30 days of a column: the change in percent, whether that
            is better or worse, and the points more than two standard deviations from the
            period's mean. Counts are added up, other columns averaged.

              varve analyze periods messages --column messages --period week --data data
              varve analyze periods rollback_rate --column rollback_rate --by component --period day --data data
            """)

    @Argument(help: "The view.") var view: String
    @Option(help: "The view's column.") var column: String
    @Option(help: "day, week or month (30 days).") var period = "week"
    @Option(help: "sum or mean; by default sum for counts.") var kind: String?
    @Option(help: "higher_is_better, lower_is_better or neutral; by default from the catalog.") var polarity: String?
    @OptionGroup var options: AnalyzeOptions

    func run() throws {
        try options.run(
            .periods, view: view, column: column,
            ["period": [period], "kind": values(kind), "polarity": values(polarity)])
    }
}
