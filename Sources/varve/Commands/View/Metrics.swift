public import ArgumentParser
public import VarveCatalog
import VarveEvents
import VarveProjections
import VarveViews
import VarveWire
import VarveWorkspace

struct Metrics: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Print one value for every metric of every view, with its unit and state.",
        discussion: """
            Each view is merged over all of its dimensions and over the time range; view
            show breaks them down. Built-in views that the projector maintains are read,
            the others are folded from the log. Custom views are included if the projector
            maintains them, without units and bounds. With --json, views has the offset,
            range and complete_from of each view. "Now" is the time of the newest event, so the same log
            gives the same output. With --json the object also has the fields of the
            chatbot's /debug/metrics: messages, users and system.

            --at selects a past state of the log. --against compares with the same metrics
            of another window of event time (a..b), or as of another offset or append time.

              varve metrics --data data
              varve metrics --data data --json --state alert
              varve metrics --data data --from 2026-01-21 --to 2026-01-22 --system bookiji
              varve metrics --data data --from 2026-01-21 --to 2026-01-22 \\
                --against 2026-01-20..2026-01-21
            """)

    @OptionGroup var data: DataOption
    @OptionGroup var definitions: ViewSelection
    @Option(help: "Start of the time range (RFC 3339, or a day).", transform: { try TimeArgument.parsed($0) })
    var from: TimeArgument?
    @Option(help: "End of the time range, exclusive.", transform: { try TimeArgument.parsed($0) })
    var to: TimeArgument?
    @Option(help: "As of this offset (the first N events) or append time.", transform: { try AsOfArgument.parsed($0) })
    var at: AsOfArgument?
    @Option(help: ArgumentHelp("A window of event time, or an offset or append time, to compare with.", valueName: "a..b|at"))
    var against: AgainstArgument?
    @Option(help: "Only metrics of one system: bookiji, atomic, flashfusion, chatbot or monitoring.") var system: String?
    @Option(help: "Only metrics in this state: healthy, warning or alert.") var state: MetricState?
    @Option(help: "The projector whose views to read.") var name = "main"
    @OptionGroup var threads: ThreadsOption
    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        if let from, let to, from.timestamp >= to.timestamp { throw ValidationError("--from must be before --to.") }
        guard let system, CatalogSystem(rawValue: system) == nil else { return }
        let known = CatalogSystem.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("There is no system '\(system)'. There are: \(known).")
    }

    func run() throws {
        let views = try AnsweredViews.open(data.path, threads: threads.count)
        let measured = try MeasuredView.all(of: system, at: data.path, projector: name, definitions)
        let now = try NewestEvent.time(at: data.path, asOf: at?.moment)
        let bot = json && system == nil ? now.map { ChatbotSnapshot(now: $0) } : nil
        var requests = measured.map { request($0.definition, at?.moment) }
        requests += bot?.questions.map { request($0.view, at?.moment, $0.from, nil) } ?? []
        if let against { requests += measured.map { request($0.definition, against) } }
        let answers = try views.answers(requests)
        let asked = Array(answers.prefix(measured.count))
        let others = against.map { _ in Array(answers.suffix(measured.count)) }
        let values = measured.indices.flatMap { FlatMetric.all(of: measured[$0], asked[$0], others?[$0]) }
            .filter { state == nil || $0.state == state }
        if json {
            let parts = bot?.parts(Array(answers.dropFirst(measured.count).prefix(bot?.questions.count ?? 0))) ?? []
            try Output.standard.line(object(values, asked, parts, now))
        } else {
            try printTable(values)
        }
        try Output.standard.flush()
        AnswerNotes.print(answers, ofTable: !json)
        try DamageNotes(answers).finish()
    }

    /// A time without a zone is local time in the view's zone.
    private func request(_ view: ViewDefinition, _ moment: AsOf?) -> ViewRequest {
        request(view, moment, from?.timestamp(in: view.zone), to?.timestamp(in: view.zone))
    }

    private func request(_ view: ViewDefinition, _ moment: AsOf?, _ from: Timestamp?, _ to: Timestamp?) -> ViewRequest {
        ViewRequest(
            .mergeable(view), source: .keptOrLog(projector: name), asOf: moment, bucket: .all, by: [], from: from, to: to)
    }

    private func request(_ view: ViewDefinition, _ against: AgainstArgument) -> ViewRequest {
        switch against {
        case .window(let window):
            let range = window.range(in: view.zone)
            return request(view, at?.moment, range.from, range.to)
        case .moment(let moment): return request(view, moment.moment)
        }
    }

    private func printTable(_ values: [FlatMetric]) throws {
        let hasOther = against != nil
        var table = Table(
            ["metric", "value"] + (hasOther ? ["against", "change"] : []) + ["unit", "state", "bounds"],
            numbers: ["value", "against", "change"])
        for value in values {
            let other =
                hasOther ? [ViewFormat.text(value.against ?? .null), value.change.map { ViewFormat.text($0) } ?? "-"] : []
            table.add(
                [value.name, ViewFormat.text(value.value)] + other
                    + [value.unit ?? "", value.state?.rawValue ?? "", value.bounds])
        }
        try Output.standard.write(table.text())
    }

    private func object(
        _ values: [FlatMetric], _ answers: [ViewAnswer], _ parts: [(String, String)], _ now: Timestamp?
    ) -> String {
        var all = JSONLine()
        for value in values { all.field(value.name, json: value.json(withOther: against != nil)) }
        var line = JSONLine()
        line.field("timestamp", now.map { RFC3339.text($0) })
        // If views are at different offsets, the smallest; `views` has those of each.
        let offset = answers.map(\.offset).min()
        line.field("offset", offset?.value)
        line.field("time", answers.min { $0.offset < $1.offset }?.time.map { RFC3339.text($0) })
        line.field("durable", answers.first?.durable.value)
        line.field("behind_events", answers.map(\.behindEvents).max())
        line.field("frozen", answers.contains(where: \.isFrozen))
        line.field("from", answers.compactMap(\.from).min().map { RFC3339.text($0) })
        line.field("to", answers.compactMap(\.to).max().map { RFC3339.text($0) })
        for (name, value) in parts { line.field(name, json: value) }
        line.field("views", json: Self.views(answers))
        line.field("metrics", json: all.text)
        return line.text
    }

    /// Per view, what its values are of. Views may have been folded to different offsets, and after retention they begin at
    /// different ones.
    private static func views(_ answers: [ViewAnswer]) -> String {
        var all = JSONLine()
        for answer in answers {
            var line = JSONLine()
            line.field("version", answer.version)
            line.field("offset", answer.offset.value)
            line.field("behind_events", answer.behindEvents)
            line.field("frozen", answer.isFrozen)
            line.field("kept_by", answer.keptBy)
            line.field("from", answer.from.map { answer.zone.text($0) })
            line.field("to", answer.to.map { answer.zone.text($0) })
            line.field("range_as_asked", !answer.isOtherRange)
            line.field("complete_from", answer.completeFrom.value)
            all.field(answer.view, json: line.text)
        }
        return all.text
    }
}

extension MetricState: ExpressibleByArgument {}

/// What metrics are compared with: `a..b`, an offset, or an append time.
enum AgainstArgument: ExpressibleByArgument {
    case window(WindowArgument)
    case moment(AsOfArgument)

    init?(argument: String) {
        if let window = WindowArgument(argument: argument) {
            self = .window(window)
        } else if let moment = AsOfArgument(argument: argument) {
            self = .moment(moment)
        } else {
            return nil
        }
    }
}
