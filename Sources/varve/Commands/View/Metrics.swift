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
            show breaks them down. Views that a projector maintains are read, the others
            are folded from the log. "Now" is the time of the newest event, so the same log
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
        let catalog = Catalog.views.filter { system == nil || $0.system.rawValue == system }
        let now = try NewestEvent.time(at: data.path, asOf: at?.moment)
        let bot = json && system == nil ? now.map { ChatbotSnapshot(now: $0) } : nil
        var requests = catalog.map { request($0.definition, at?.moment, from?.timestamp, to?.timestamp) }
        requests += bot?.questions.map { request($0.view, at?.moment, $0.from, nil) } ?? []
        if let against { requests += catalog.map { request($0.definition, against, from?.timestamp, to?.timestamp) } }
        let answers = try views.answers(requests)
        let asked = Array(answers.prefix(catalog.count))
        let others = against.map { _ in Array(answers.suffix(catalog.count)) }
        let values = catalog.indices.flatMap { FlatMetric.all(of: catalog[$0], asked[$0], others?[$0]) }
            .filter { state == nil || $0.state == state }
        if json {
            let parts = bot?.parts(Array(answers.dropFirst(catalog.count).prefix(bot?.questions.count ?? 0))) ?? []
            try Output.standard.line(object(values, asked, parts, now))
        } else {
            try printTable(values)
        }
        try Output.standard.flush()
        AnswerNotes.print(answers, ofTable: !json)
        try DamageNotes(answers).finish()
    }

    private func request(_ view: ViewDefinition, _ moment: AsOf?, _ from: Timestamp?, _ to: Timestamp?) -> ViewRequest {
        ViewRequest(
            .mergeable(view), source: .keptOrLog(projector: name), asOf: moment, bucket: .all, by: [], from: from, to: to)
    }

    private func request(
        _ view: ViewDefinition, _ against: AgainstArgument, _ from: Timestamp?, _ to: Timestamp?
    ) -> ViewRequest {
        switch against {
        case .window(let window):
            let range = window.range(in: view.zone)
            return request(view, at?.moment, range.from, range.to)
        case .moment(let moment): return request(view, moment.moment, from, to)
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
        // If views are at different offsets, the smallest; standard error lists them.
        let offset = answers.map(\.offset).min()
        line.field("offset", offset?.value)
        line.field("time", answers.min { $0.offset < $1.offset }?.time.map { RFC3339.text($0) })
        line.field("durable", answers.first?.durable.value)
        line.field("behind_events", answers.map(\.behindEvents).max())
        line.field("frozen", answers.contains(where: \.isFrozen))
        line.field("from", answers.compactMap(\.from).min().map { RFC3339.text($0) })
        line.field("to", answers.compactMap(\.to).max().map { RFC3339.text($0) })
        for (name, value) in parts { line.field(name, json: value) }
        line.field("metrics", json: all.text)
        return line.text
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

/// One metric over the whole requested range.
struct FlatMetric {
    let name: String
    let value: ViewValue
    /// The same metric of the other window or offset.
    let against: ViewValue?
    let unit: String?
    let state: MetricState?
    let bounds: String

    /// The numeric metrics of a view; empty if it has no events.
    static func all(of view: CatalogView, _ answer: ViewAnswer, _ other: ViewAnswer?) -> [FlatMetric] {
        guard let row = answer.rows.first else { return [] }
        return view.metrics.compactMap { metric in
            guard let value = row[metric.column], value != .null else { return nil }
            if case .top = value { return nil }
            let bounds = [metric.bounds.healthy.map { "healthy \($0)" }, metric.bounds.alert.map { "alert \($0)" }]
            return FlatMetric(
                name: "\(view.name).\(metric.column)", value: value, against: other?.rows.first?[metric.column],
                unit: metric.unit?.rawValue, state: value.number.flatMap { metric.bounds.state(of: $0) },
                bounds: bounds.compactMap(\.self).joined(separator: ", "))
        }
    }

    /// The increase over the compared value.
    var change: ViewValue? {
        if case .int(let now) = value, case .int(let then)? = against {
            let (change, overflow) = now.subtractingReportingOverflow(then)
            if !overflow { return .int(change) }
        }
        guard let now = value.number, let then = against?.number else { return nil }
        return .double(now - then)
    }

    func json(withOther: Bool) -> String {
        var line = JSONLine()
        line.field("value", json: value.json)
        line.field("unit", unit)
        line.field("state", state?.rawValue)
        if withOther {
            line.field("against", json: (against ?? .null).json)
            line.field("change", json: (change ?? .null).json)
        }
        return line.text
    }
}
