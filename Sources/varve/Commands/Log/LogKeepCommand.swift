import ArgumentParser
import VarveIngest
import VarveLog
import VarveWire

struct LogKeepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keep", abstract: "Manage the rules for events that outlive the limit of varve log retain.",
        discussion: """
            A rule names signals, and how long their events are kept: forever, for a number
            of days, or while the thing they belong to is open. varve log retain writes the
            kept events of a segment to log/kept before it removes the segment; varve cat
            and export print them first, at their old offsets. Views do not fold them
            again: they are in the views' bases. A rule applies to segments removed after
            it was added. A new log has the built-in rules: open tech debt, incidents and
            documentation gaps, configuration, thresholds.

              varve log keep ls --data data
              varve log keep add 'billing.*' --days 365 --data data
              varve log keep add 'ticket.*' --by ticket_id --opens ticket.new \\
                --closes ticket.done --data data
              varve log keep rm 'billing.*' --data data
            """,
        subcommands: [LogKeepList.self, LogKeepAdd.self, LogKeepRemove.self], defaultSubcommand: LogKeepList.self)
}

struct LogKeepList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "ls", abstract: "List the rules.")

    @OptionGroup var data: DataOption
    @Flag(help: "Print one JSON object per rule.") var json = false

    func run() throws {
        for rule in try LogReader.open(at: data.path).rules() {
            guard json else {
                try Output.standard.line(SafeText.escape("\(rule)"))
                continue
            }
            var line = JSONLine()
            line.field("signals", rule.signals)
            line.field("days", rule.whileOpen == nil && rule.limit < .max ? UInt64(rule.limit / LogKeepAdd.day) : nil)
            line.field("by", rule.whileOpen?.keys.joined(separator: ","))
            line.field("opens", rule.whileOpen?.opens)
            line.field("closes", rule.whileOpen?.closes)
            line.field("status", rule.whileOpen?.status)
            line.field("closed", rule.whileOpen?.closed.joined(separator: ","))
            try Output.standard.line(line.text)
        }
    }
}

struct LogKeepAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a rule, or replace the one for the same signals.",
        discussion: """
            With --by and --opens, events are kept while their thing is open. A signal, or
            a status other than a closed one, opens it; a signal (--closes) or a status
            (--status with --closed) closes it. Opening events are kept too, even if
            SIGNALS do not include them.
            """)

    static let day: Int64 = 86_400 * 1_000_000_000

    @Argument(help: "A signal, or a pattern in which * matches any text.") var signals: String?
    @OptionGroup var data: DataOption
    @Option(help: "The number of days, by append time; by default forever.") var days: Int64?
    @Option(help: "The attributes that identify the thing, comma-separated; or component, session, user.") var by: String?
    @Option(help: "The signal that opens it, or a pattern.") var opens: String?
    @Option(help: "The signal that closes it, or a pattern.") var closes: String?
    @Option(help: "The attribute with the thing's status.") var status: String?
    @Option(help: "The statuses that mean closed, comma-separated.") var closed: String?
    @Flag(help: "Add the built-in rules that a new log has.") var builtIn = false

    func validate() throws {
        if builtIn == (signals != nil) { throw ValidationError("Name signals, or give --built-in.") }
        if (by == nil) != (opens == nil) { throw ValidationError("--by and --opens go together.") }
        if by == nil, closes != nil || status != nil || closed != nil {
            throw ValidationError("--closes, --status and --closed go with --by and --opens.")
        }
        if (status == nil) != (closed == nil) { throw ValidationError("--status and --closed go together.") }
        if by != nil, days != nil { throw ValidationError("Either so many days, or while a thing is open.") }
        if let days, !(1...36_500).contains(days) { throw ValidationError("--days must be 1 to 36500.") }
    }

    func run() throws {
        var rules = RetentionRule.catalog
        if let signals {
            var thing: OpenCondition?
            if let by, let opens {
                thing = OpenCondition(
                    keys: Self.list(by), opens: opens, closes: closes, status: status, closed: Self.list(closed ?? ""))
            }
            rules = [RetentionRule(signals: signals, limit: days.map { $0 * Self.day } ?? .max, whileOpen: thing)]
        }
        for rule in rules { try add(rule) }
    }

    private func add(_ rule: RetentionRule) throws {
        do {
            try LogKeep.add(rule, at: data.path)
        } catch {
            guard error.code == .refused else { throw error }
            throw CommandFailure(.usage, error.message, place: rule.signals, next: "see varve help log keep add")
        }
    }

    private static func list(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }
}

struct LogKeepRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Remove a rule. The next retention that removes a segment also removes what it kept.")

    @Argument(help: "The signals of the rule, as shown by varve log keep ls.") var signals: String
    @OptionGroup var data: DataOption

    func run() throws {
        guard try LogKeep.remove(signals, at: data.path) else {
            throw CommandFailure(
                .usage, "there is no rule for \(signals)", place: data.path, next: "varve log keep ls lists them")
        }
    }
}
