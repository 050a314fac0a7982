import ArgumentParser
import VarveLog

/// Which events to print. All that is given must hold.
struct FilterOptions: ParsableArguments {
    @Option(help: "Event time from here on: 2026-01-21T14:00, RFC 3339, or milliseconds since 1970.") var from: TimeArgument?
    @Option(help: "Event time before this.") var to: TimeArgument?
    @Option(help: "Only this signal; * stands for any characters. May be given several times.") var signal: [String] = []
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

    /// Whether nothing but times is given.
    var selectsByTimeOnly: Bool {
        signal.isEmpty && session == nil && user == nil && component == nil && id == nil && conditions.all.isEmpty
    }

    func validate() throws {
        if let from, let to, from.timestamp >= to.timestamp { throw ValidationError("--from must be before --to.") }
    }
}
