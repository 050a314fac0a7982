import ArgumentParser
import VarveEvents
import VarveProjections
import VarveViews

struct ViewShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print the rows of a view.",
        discussion: """
            --from and --to select by event time, to the nanosecond: of a bucket that they
            cut, only the events inside the range count. If those have expired, a note
            gives the actual range. Times without a zone are local times in the view's
            zone. --by with some of the dimensions merges the others, --by none merges all.
            --where component= (nothing after the sign) selects the events without a
            component; --where on a column ('p95_ms>=500') selects rows. Minutes are folded
            from the log on request.

            --at shows the view as of the past: over the events up to an offset or an
            append time. It reads the log, so it needs no projector. --fresh does the same
            for everything that is durable now.

            A sequential view (sessions) has no buckets; --where accepts any column; --from
            and --to select what was active then, or the rows of that time in a table with
            a time column.

            A table's freshness (offset, time, lag) is printed on standard error, for JSON
            and CSV only when they are behind; --envelope prints it with the rows.

              varve view show rollback_rate --data data --bucket day
              varve view show sessions --data data --where user=user_7
              varve view show latency --data data --bucket all --by signal --top 5 --json
              varve view show volume --data data --from 2026-01-21T10:30 \\
                --to 2026-01-21T11:30
              varve view show volume --data data --bucket day --at 250000 --envelope
              varve view show volume --data data --bucket day --at 2026-01-22T09:30
            """)

    @Argument(help: "The view's name.") var view: String
    @OptionGroup var data: DataOption
    @OptionGroup var definitions: ViewSelection
    @Option(help: "minute, hour, day or all.") var bucket: String?
    @Option(help: "For a sequential view: one of its tables.") var table: String?
    @Option(help: "Dimensions to group by, comma-separated, or none; by default all.") var by: String?
    @OptionGroup var conditions: WhereOptions
    @OptionGroup var order: OrderOptions
    @Option(help: "Start of the time range (RFC 3339, or a day).", transform: { try TimeArgument.parsed($0) })
    var from: TimeArgument?
    @Option(help: "End of the time range, exclusive.", transform: { try TimeArgument.parsed($0) })
    var to: TimeArgument?
    @Option(help: "As of this offset (the first N events) or append time.", transform: { try AsOfArgument.parsed($0) })
    var at: AsOfArgument?
    @Option(help: "The projector whose views to read.") var name = "main"
    @Flag(help: "Fold everything durable now, instead of reading the projector's rows.") var fresh = false
    @Flag(help: "Print a JSON array of objects.") var json = false
    @Flag(help: "Print CSV with a header line.") var csv = false
    @Flag(help: "Print one JSON object: the rows, and how far they are behind.") var envelope = false

    func validate() throws {
        // An envelope is JSON: --json beside it says nothing else.
        if csv, json || envelope { throw ValidationError("Choose --csv, or one of --json and --envelope.") }
        if let bucket, BucketLevel(named: bucket) == nil {
            throw ValidationError("There is no bucket '\(bucket)'. There are: minute, hour, day, all.")
        }
        if let from, let to, from.timestamp >= to.timestamp { throw ValidationError("--from must be before --to.") }
    }

    func run() throws {
        let definition = try definitions.view(view, at: data.path, projector: name)
        let request = ViewRequest(
            definition, source: fresh ? .log : .kept(projector: name), asOf: at?.moment,
            bucket: bucket.flatMap { BucketLevel(named: $0) }, table: table, by: Self.dimensions(by),
            where: conditions.filters, from: from?.timestamp(in: definition.zone), to: to?.timestamp(in: definition.zone),
            order: order.order)
        let answer = try AnsweredViews.open(data.path).answer(request)
        let format = ViewFormat(answer)
        if envelope {
            try format.printEnvelope(answer)
        } else {
            try format.print(json: json, csv: csv)
        }
        if case .time? = at?.moment, answer.offset.value == 0 {
            Output.error("note: nothing had been appended by then; --from and --to select by event time\n")
        }
        AnswerNotes.print([answer], ofTable: !json && !csv && !envelope)
        try DamageNotes([answer]).finish()
    }

    /// Parses `--by`: nil for all.
    static func dimensions(_ by: String?) -> [String]? {
        by.map { $0 == "none" ? [] : $0.split(separator: ",").map(String.init) }
    }

}

/// The views of a data directory, for the commands that query them.
struct AnsweredViews {
    private let views: ViewAnswers
    private let data: String

    static func open(_ data: String, threads: Int = 2) throws -> AnsweredViews {
        AnsweredViews(views: try ViewAnswers.open(at: data, threads: threads), data: data)
    }

    /// If the projector does not maintain the view, it is folded from the log, with a note.
    func answer(_ request: ViewRequest) throws -> ViewAnswer {
        do {
            return try answers([request])[0]
        } catch let error as ViewError where error.code == .unknownView {
            guard case .kept(let projector) = request.source else { throw error }
            var asked = request
            asked.source = .log
            let answer = try answers([asked])[0]
            Output.error("note: projector \(projector) does not maintain \(answer.view); it was folded from the log\n")
            return answer
        }
    }

    /// Missing views may need a projector run.
    func answers(_ requests: [ViewRequest]) throws -> [ViewAnswer] {
        do throws(ViewError) {
            return try views.answers(to: requests)
        } catch {
            guard error.code == .noStore, case .kept(let projector)? = requests.first?.source else { throw error }
            throw DataDirectory.noStore(data, projector)
        }
    }
}
