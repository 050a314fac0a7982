import ArgumentParser
import VarveCatalog
import VarveEvents
import VarveProjections
import VarveViews

struct Query: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Query events ad hoc, without a view file.",
        discussion: """
            Folds the query over the log, as an unsaved view, and prints its rows. A field
            is user, session, component, signal, tenant, id or an attribute's name;
            data.NAME is always an attribute. --by also takes hour_of_day and hour_of_week
            (of the event time, in UTC). --from and --to are exact. --at selects a
            past state.

            Columns: time (except with --bucket all), the --by fields, then count, sum_F,
            avg_F, min_F, max_F, p95_F, distinct_F. Percentiles are nearest rank, within
            0.55 %. A distinct count is exact to 65,536, then an estimate (standard error
            0.81 %). A table's freshness (offset, time, lag) is printed on standard error;
            --envelope prints it with the rows, as one JSON object. --top N sorts by
            --sort, or else by the first measure, largest first.

              varve query --data data --by signal --count --top 10
              varve query --data data --signal 'checkout.*' --where 'status>=500' \\
                --by component --count --p95 duration_ms --distinct user --bucket hour
              varve query --data data --avg duration_ms --quantile 0.999:duration_ms
              varve query --data data --by component --p95 duration_ms \\
                --save slow_components
            """)

    @OptionGroup var data: DataOption
    @Option(help: "Only signals that match; * matches any characters. May be repeated.") var signal: [String] = []
    @OptionGroup var conditions: WhereOptions
    @Option(help: "Fields to group by, comma-separated.") var by: [String] = []
    @Option(help: "minute, hour, day or all.") var bucket = "all"
    @OptionGroup var measures: QueryMeasureOptions
    @OptionGroup var order: OrderOptions
    @Option(help: "Start of the time range (RFC 3339, or a day).", transform: { try TimeArgument.parsed($0) })
    var from: TimeArgument?
    @Option(help: "End of the time range, exclusive.", transform: { try TimeArgument.parsed($0) })
    var to: TimeArgument?
    @Option(help: "As of this offset (the first N events) or append time.", transform: { try AsOfArgument.parsed($0) })
    var at: AsOfArgument?
    @OptionGroup var threads: ThreadsOption
    @Flag(help: "Print a JSON array of objects.") var json = false
    @Flag(help: "Print CSV with a header line.") var csv = false
    @Flag(help: "Print one JSON object: the rows, and how far they are behind.") var envelope = false
    @Flag(help: "Print the query plan without running it.") var explain = false
    @Option(help: "Also save the query as a view of this name: views/NAME.yaml in the data directory.") var save: String?

    func validate() throws {
        // An envelope is JSON: --json beside it says nothing else.
        if csv, json || envelope { throw ValidationError("Choose --csv, or one of --json and --envelope.") }
        if BucketLevel(named: bucket) == nil {
            throw ValidationError("There is no bucket '\(bucket)'. There are: minute, hour, day, all.")
        }
        if let from, let to, from.timestamp >= to.timestamp { throw ValidationError("--from must be before --to.") }
        if by.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }).contains("") {
            throw ValidationError("--by contains an empty name.")
        }
    }

    func run() throws {
        let request = request
        let query = try LogQuery.open(at: data.path, threads: threads.count, known: Catalog.fieldNames)
        let saved = try save.map { try keep(query.plan(request).definition, as: $0) }
        if explain { return try QueryPlanText.print(query.plan(request, asOf: at?.moment ?? .now), json: json) }
        let answer = try query.answer(request, asOf: at?.moment ?? .now)
        let damage = DamageNotes()
        answer.damaged.forEach(damage.add)
        let format = ViewFormat(answer)
        if envelope { try format.printEnvelope(answer) } else { try format.print(json: json, csv: csv) }
        try note(answer, query)
        if let saved {
            Output.error("saved: \(saved)\n")
            let left = leftOutOfView
            if !left.isEmpty {
                let names = left.joined(separator: ", ")
                Output.error(
                    "note: the view covers all events; \(names) belong to each question: give them to varve view show\n")
            }
        }
        try damage.finish()
    }

    /// The options that were given and that a view does not have: it covers all events, in buckets that each question chooses.
    private var leftOutOfView: [String] {
        let given = [
            ("--bucket", bucket != "all"), ("--from", from != nil), ("--to", to != nil), ("--at", at != nil),
            ("--top", order.top != nil), ("--sort", order.sort != nil), ("--limit", order.limit != nil),
        ]
        return given.filter(\.1).map(\.0)
    }

    /// Saves the query as a view. Not under the name of another one, which would remain the one that is read.
    private func keep(_ definition: ViewDefinition, as name: String) throws -> String {
        guard FoundViews(at: data.path).defined.versions(of: name).isEmpty else {
            throw CommandFailure(.usage, "there is a view '\(name)' already; nothing was written", next: "choose another name")
        }
        return try SavedViews(at: data.path).save(definition, as: name)
    }

    private func note(_ answer: QueryAnswer, _ query: LogQuery) throws {
        try Output.standard.flush()
        let isTable = !json && !csv && !envelope
        if isTable { Output.error(AnswerNotes.freshness(answer.upTo, of: answer.durable, answer.time) + "\n") }
        if answer.from.value > 0 {
            Output.error("note: events below offset \(answer.from) have expired; the answer begins there\n")
        }
        if answer.hasOther {
            Output.error("note: more than \(QueryRequest.groupsMax.grouped) combinations; the rest is __other__\n")
        }
        if answer.rows.count < answer.rowCount, isTable {
            Output.error("note: \(answer.rows.count.grouped) of \(answer.rowCount.grouped) rows\n")
        }
        let leftOut = answer.rows.flatMap(\.leftOut)
        for name in Set(leftOut.map(\.name)).sorted() {
            let count = leftOut.filter { $0.name == name }.reduce(0) { $0 + $1.count }
            Output.error("note: \(name) leaves out \(count) values that are not numbers, or too large to be added\n")
        }
        for field in try query.absentFields(answer.request) { Output.error("note: no event has a field '\(field)'\n") }
        for (pattern, meant) in try query.unmatchedSignals(answer.request) {
            Output.error("note: no event has a signal like '\(pattern)'" + (meant.map { "; did you mean \($0)?" } ?? "") + "\n")
        }
    }

    private var request: QueryRequest {
        var request = QueryRequest()
        request.signals = signal
        request.conditions = conditions.all
        request.by = by.flatMap { $0.split(separator: ",").map(String.init) }
        request.bucket = BucketLevel(named: bucket) ?? .all
        request.measures = measures.all
        request.order = order.order
        (request.from, request.to) = (from?.timestamp, to?.timestamp)
        return request
    }
}
