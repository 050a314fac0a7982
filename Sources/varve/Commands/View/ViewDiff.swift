import ArgumentParser
import VarveEvents
import VarveProjections
import VarveViews
import VarveWire
import VarveWorkspace

struct ViewDiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Rank the values that explain a difference between time windows or versions of a view.",
        discussion: """
            Without windows: where two versions of a view differ, at the same offset, by
            the view's day. (varve view promote selects the version that readers see.)

            With windows: the values of each dimension are ranked by their effect. For a
            ratio, the effect is the number of events in excess of the earlier ratio; for a
            count or sum, the increase, scaled to equal windows; for anything else the
            difference, times the number of events. Windows may begin and end anywhere
            while their events are in the log, otherwise at borders of the view's hours (or
            days).

              varve view diff rollback_rate --data data \\
                --from 2026-01-21T14:00..2026-01-21T16:00 \\
                --against 2026-01-21T10:00..2026-01-21T14:00
              varve view diff checkout --data data --views-dir my-views
            """)

    @Argument(help: "The view's name.") var view: String
    @OptionGroup var data: DataOption
    @OptionGroup var definitions: ViewSelection
    @Option(help: ArgumentHelp("The window to explain.", valueName: "a..b")) var from: WindowArgument?
    @Option(help: ArgumentHelp("The window to compare it with.", valueName: "c..d")) var against: WindowArgument?
    @Option(help: "Dimensions, comma-separated; by default all.") var by: String?
    @Option(help: "The column; by default the first ratio, or else the first column.") var column: String?
    @Option(help: "The number of values to print per dimension.") var top = 10
    @Option(help: "The projector whose views to read.") var name = "main"
    @Flag(help: "Print a JSON array of objects.") var json = false

    func validate() throws {
        guard (from == nil) == (against == nil) else { throw ValidationError("Give both --from and --against, or none.") }
        guard (1...100_000).contains(top) else { throw ValidationError("--top must be 1 to 100000.") }
    }

    func run() throws {
        guard let from, let against else {
            let difference = try VersionDifference(view, at: data.path, projector: name, among: definitions.known(at: data.path))
            return try json ? Output.standard.array(difference.rows.prefix(top).map(\.json)) : difference.print(top)
        }
        try run(from, against)
    }

    private func run(_ from: WindowArgument, _ against: WindowArgument) throws {
        let definition = try definitions.mergeable(view, at: data.path, projector: name)
        let column = try checkedColumn(definition)
        let windows = [against, from].map { $0.range(in: definition.zone) }
        let seconds = windows.map { (Double($0.to.nanoseconds) - Double($0.from.nanoseconds)) / 1e9 }
        let difference = WindowDifference(definition, column: column, scale: seconds[1] / seconds[0])
        let dimensions = by.map { $0.split(separator: ",").map(String.init) } ?? definition.dimensions.map(\.name)
        let requests = dimensions.flatMap { dimension in
            windows.map { window in
                var request = ViewRequest(
                    .mergeable(definition), source: .kept(projector: name), bucket: .all, by: [dimension], from: window.from,
                    to: window.to)
                request.mayWiden = false
                return request
            }
        }
        let answers = try AnsweredViews.open(data.path).answers(requests)
        var rows: [WindowDifference.Row] = []
        for (index, dimension) in dimensions.enumerated() {
            let (before, after) = (answers[2 * index], answers[2 * index + 1])
            rows += difference.ranked(dimension, before: before.rows, after: after.rows).prefix(top)
        }
        try json ? Output.standard.array(rows.map(\.json)) : print(rows, column)
        AnswerNotes.print(answers, ofTable: !json)
        try DamageNotes(answers).finish()
    }

    private func checkedColumn(_ definition: ViewDefinition) throws -> String {
        let known = definition.columnNames
        if let column {
            if known.contains(column) { return column }
            throw CommandFailure(
                .usage, "view \(view) has no column '\(column)'", next: "it has \(known.joined(separator: ", "))")
        }
        guard let usual = WindowDifference.usualColumn(definition) else {
            throw CommandFailure(.usage, "view \(view) has no columns")
        }
        return usual
    }

    private func print(_ rows: [WindowDifference.Row], _ column: String) throws {
        guard !rows.isEmpty else { return try Output.standard.line("no rows") }
        try Output.standard.line(column)
        let numbers = ["before", "after", "effect", "share"]
        var table = Table(["dimension", "value"] + numbers, numbers: Set(numbers))
        for row in rows {
            let numbers = [row.before, row.after, row.effect].map { ViewFormat.text($0.map { .double($0) } ?? .null) }
            table.add([row.dimension, row.value.text ?? "-"] + numbers + [(100 * row.share).fixed(1) + " %"])
        }
        try Output.standard.write(table.text())
    }
}

/// A time window: `2026-01-21T14:00..2026-01-21T16:00`.
struct WindowArgument: ExpressibleByArgument {
    private let from: TimeArgument
    private let to: TimeArgument

    init?(argument: String) {
        guard let dots = argument.firstRange(of: ".."),
            let from = TimeArgument(argument: String(argument[..<dots.lowerBound])),
            let to = TimeArgument(argument: String(argument[dots.upperBound...])), from.timestamp < to.timestamp
        else { return nil }
        (self.from, self.to) = (from, to)
    }

    /// Its limits, for a view with days in `zone`.
    func range(in zone: BucketZone) -> (from: Timestamp, to: Timestamp) {
        (from.timestamp(in: zone), to.timestamp(in: zone))
    }
}
