import ArgumentParser
import VarveEvents
import VarveProjections
import VarveViews

struct ViewShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print the rows of a view.",
        discussion: """
            --from and --to choose by the events' own time, to the nanosecond: of a bucket
            that they cut only the events between them count. Where those have expired, a
            note says which range was taken. Without a zone they are what the clocks of the
            view's zone show. --by with some of the dimensions merges the others, --by none
            merges all. --where component= (nothing behind the sign) chooses the events that
            have no component. Minutes are folded from the log when they are asked for.

            --at says what was known then: the view over the first events of the log, up to
            an offset or to the moment at which they were appended. It asks the log itself,
            so it needs no projector. --fresh does the same for all that is durable now.

            A sequential view (sessions) has no buckets; --where takes any column, --from
            and --to choose what went on then, of a table with a time the rows of that time.

            How fresh a table is (offset, time, behind by) is said on standard error, of JSON
            and CSV when they are behind; --envelope prints it with the rows, as one object.

              varve view show rollback_rate --data data --bucket day
              varve view show sessions --data data --where user=user_7
              varve view show latency --data data --bucket all --by signal --top 5 --json
              varve view show volume --data data --from 2026-01-21T10:30 --to 2026-01-21T11:30
              varve view show volume --data data --bucket day --at 250000 --envelope
              varve view show volume --data data --bucket day --at 2026-01-22T09:30
            """)

    @Argument(help: "The view's name.") var view: String
    @OptionGroup var data: DataOption
    @OptionGroup var definitions: ViewSelection
    @Option(help: "minute, hour, day or all.") var bucket: String?
    @Option(help: "Of a sequential view: one of its tables.") var table: String?
    @Option(help: "Dimensions to split by, separated by commas, or none; by default all.") var by: String?
    @OptionGroup var conditions: WhereOptions
    @OptionGroup var order: OrderOptions
    @Option(help: "The first moment (RFC 3339, or a day).") var from: TimeArgument?
    @Option(help: "The moment before which to stop.") var to: TimeArgument?
    @Option(help: "As of this offset (the first so many events) or time of appending.") var at: AsOfArgument?
    @Option(help: "Whose views: a projector's name.") var name = "main"
    @Flag(help: "Fold what is durable now, instead of reading what the projector keeps.") var fresh = false
    @Flag(help: "A JSON array of objects.") var json = false
    @Flag(help: "Comma-separated values with a header line.") var csv = false
    @Flag(help: "One JSON object: the rows, and how far they are behind.") var envelope = false

    func validate() throws {
        if [json, csv, envelope].count(where: { $0 }) > 1 {
            throw ValidationError("Choose one of --json, --csv and --envelope.")
        }
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
            Output.error("note: nothing had been appended by then; --from and --to choose by the events' own time\n")
        }
        AnswerNotes.print([answer], ofTable: !json && !csv && !envelope)
        try DamageNotes([answer]).finish()
    }

    /// `--by` as it is typed: nil for all.
    static func dimensions(_ by: String?) -> [String]? {
        by.map { $0 == "none" ? [] : $0.split(separator: ",").map(String.init) }
    }

}

/// The views of a data directory, for the commands that ask them.
struct AnsweredViews {
    private let views: ViewAnswers
    private let data: String

    static func open(_ data: String, threads: Int = 2) throws -> AnsweredViews {
        AnsweredViews(views: try ViewAnswers.open(at: data, threads: threads), data: data)
    }

    /// From the log, and it says so, where the projector does not keep the view.
    func answer(_ request: ViewRequest) throws -> ViewAnswer {
        do {
            return try answers([request])[0]
        } catch let error as ViewError where error.code == .unknownView {
            guard case .kept(let projector) = request.source else { throw error }
            var asked = request
            asked.source = .log
            let answer = try answers([asked])[0]
            Output.error("note: projector \(projector) does not keep \(answer.view); it was folded from the log\n")
            return answer
        }
    }

    /// What is missing may be a projector's run.
    func answers(_ requests: [ViewRequest]) throws -> [ViewAnswer] {
        do throws(ViewError) {
            return try views.answers(to: requests)
        } catch {
            guard error.code == .noStore, case .kept(let projector)? = requests.first?.source else { throw error }
            throw DataDirectory.noStore(data, projector)
        }
    }
}
