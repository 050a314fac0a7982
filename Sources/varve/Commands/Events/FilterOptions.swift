import ArgumentParser
import VarveLog

/// Selects the events to print. All conditions must hold.
struct FilterOptions: ParsableArguments {
    @Option(
        help: "Events from this time on: 2026-01-21T14:00, RFC 3339, or seconds or milliseconds since 1970.",
        transform: { try TimeArgument.parsed($0) })
    var from: TimeArgument?
    @Option(help: "Events before this time.", transform: { try TimeArgument.parsed($0) })
    var to: TimeArgument?
    @Option(help: "Only this signal; * matches any characters. May be repeated.") var signal: [String] = []
    @Option(help: "Only events of this session.") var session: String?
    @Option(help: "Only events of this user.") var user: String?
    @Option(help: "Only events of this component.") var component: String?
    @Option(help: "Only the event with this id.") var id: String?
    @OptionGroup var conditions: WhereOptions

    var filter: LogFilter {
        var filter = LogFilter()
        filter.from = from?.timestamp
        filter.to = to?.timestamp
        filter.signals = signal
        filter.session = session
        filter.user = user
        filter.component = component
        filter.id = id
        filter.conditions = conditions.all
        return filter
    }

    /// Whether only time limits are given.
    var selectsByTimeOnly: Bool {
        signal.isEmpty && session == nil && user == nil && component == nil && id == nil && conditions.all.isEmpty
    }

    func validate() throws {
        if let from, let to, from.timestamp >= to.timestamp { throw ValidationError("--from must be before --to.") }
    }
}
