import ArgumentParser
import VarveReports

struct AnalyzeCreators: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "creators", abstract: "Find unusual days of creators, work to automate, and quiet hours.",
        discussion: """
            Days on which someone did far more or less than on the days before; batches of
            the same size that someone repeats; the hours of the week with the least to do.

              varve analyze creators --data data
            """)

    @Option(help: "Signals of actions; * matches any characters. By default creator.action.") var signal: [String] = []
    @Option(help: "The length of a quiet window, in hours.") var hours = 2
    @OptionGroup var options: AnalyzeOptions

    func run() throws { try options.run(.creators, ["signal": signal, "hours": ["\(hours)"]]) }
}

struct AnalyzeQuiet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quiet", abstract: "Find the quietest hours of the week.",
        discussion: """
            Maintenance windows: the mean number of events in each window of the week, and
            the most in a single week.

              varve analyze quiet --data data --hours 3 --top 5
            """)

    @Option(help: "Only signals that match; * matches any characters.") var signal: [String] = []
    @Option(help: "The length of a window, in hours.") var hours = 2
    @Option(help: "The number of windows.") var top = 3
    @OptionGroup var options: AnalyzeOptions

    func run() throws { try options.run(.quiet, ["signal": signal, "hours": ["\(hours)"], "top": ["\(top)"]]) }
}

struct AnalyzeJourneys: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journeys", abstract: "Count the sessions that reached each of several named steps.",
        discussion: """
            A step is SIGNAL or SIGNAL:FIELD=VALUE. A session reaches a step with its first
            event of it after the step before.

              varve analyze journeys --data data \\
                --steps optimistic_action.start,optimistic_action.rollback,retry.attempt,retry.success
            """)

    @Option(help: "The steps in order, comma-separated.") var steps: String
    @OptionGroup var options: AnalyzeOptions

    func run() throws { try options.run(.journeys, ["steps": [steps]]) }
}

struct AnalyzeClusters: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clusters", abstract: "Group users by similar behaviour.",
        discussion: """
            Each user is described by the number of events of each signal. k-means of their
            logarithms; the number of groups is the best separated of 2 to 8. With --by and
            --feature other things are grouped by other fields.

              varve analyze clusters --data data
              varve analyze clusters --data data --by session --groups 4
            """)

    @Option(help: "Only signals that match; * matches any characters.") var signal: [String] = []
    @Option(help: "The field whose values are counted.") var feature = "signal"
    @Option(help: "The number of groups.") var groups: Int?
    @OptionGroup var options: AnalyzeOptions

    func run() throws {
        try options.run(.clusters, ["signal": signal, "feature": [feature], "groups": values(groups.map { "\($0)" })])
    }
}

struct AnalyzePatterns: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "patterns", abstract: "Find what recurs: at even intervals, at an hour, on a weekday.",
        discussion: """
            By default of incidents and alerts, by signal.

              varve analyze patterns --data data --signal incident.opened --by title
            """)

    @Option(help: "Only signals that match; * matches any characters.") var signal: [String] = []
    @OptionGroup var options: AnalyzeOptions

    func run() throws { try options.run(.patterns, ["signal": signal]) }
}

struct AnalyzeFlapping: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flapping", abstract: "Find states that change too often.",
        discussion: """
            Of the last 21 reported states, the weighted share of changes: from 20 % on it
            is flapping, below 5 % no longer. By default the status of connected services.

              varve analyze flapping --data data
              varve analyze flapping --data data --signal health.check --state status --by component
            """)

    @Option(help: "Signals that report a state; * matches any characters.") var signal: [String] = []
    @Option(help: "The field with the state.") var state = "status"
    @OptionGroup var options: AnalyzeOptions

    func run() throws { try options.run(.flapping, ["signal": signal, "state": [state]]) }
}
