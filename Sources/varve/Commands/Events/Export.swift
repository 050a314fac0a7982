import ArgumentParser
import VarveBatchFormat
import VarveEvents
import VarveLog
import VarveProjections
import VarveViews
import VarveWire
import VarveWorkspace

/// The output format of an export.
enum ExportFormat: String, CaseIterable, ExpressibleByArgument {
    case ndjson, csv, parquet
}

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write events or the rows of a view, as NDJSON, CSV or Parquet, to standard output.",
        discussion: """
            Rows are streamed, so memory does not depend on their number, which is printed
            at the end on standard error. In CSV, a text that a spreadsheet would treat
            as a formula is prefixed with an apostrophe.

            Events exported as NDJSON can be read by import.

              varve export --events --data data > events.ndjson
              varve export --events --signal 'incident.*' --format csv --data data
              varve export --view rollback_rate --bucket day --format csv --data data
              varve export --events --format parquet --data data > events.parquet
            """)

    @OptionGroup var data: DataOption
    @Flag(help: "Export events, in offset order.") var events = false
    @Option(help: "Export the rows of this view, folded from the log.") var view: String?
    @Option(help: "ndjson, csv or parquet.") var format = ExportFormat.ndjson
    @OptionGroup var definitions: ViewSelection
    @Option(help: "For a view: minute, hour, day or all.") var bucket: String?
    @Option(help: "For a view: dimensions to group by, comma-separated, or none; by default all.") var by: String?
    @Option(help: "For a sequential view: one of its tables.") var table: String?
    @Option(help: "As of this offset (the first N events) or append time.", transform: { try AsOfArgument.parsed($0) })
    var at: AsOfArgument?
    @OptionGroup var filter: FilterOptions

    func validate() throws {
        if events == (view != nil) { throw ValidationError("Say what to export: --events, or --view NAME.") }
        if events, bucket != nil || by != nil || at != nil {
            throw ValidationError("--bucket, --by and --at go with --view.")
        }
        if view != nil, !filter.selectsByTimeOnly { throw ValidationError("Rows of a view accept only --from and --to.") }
        if let bucket, BucketLevel(named: bucket) == nil {
            throw ValidationError("There is no bucket '\(bucket)'. There are: minute, hour, day, all.")
        }
    }

    func run() throws {
        let damage = DamageNotes()
        let count = try view.map { try exportRows(of: $0, damage) } ?? exportEvents(damage)
        try Output.standard.flush()
        Output.error("rows: \(count)\n")
        try damage.finish()
    }

    private func exportEvents(_ damage: DamageNotes) throws -> Int {
        let reader = try LogReader.open(at: data.path)
        try filter.conditions.check(reader)
        let begin = try reader.retained()
        if begin.value > 0 {
            Output.error(
                "note: events below offset \(begin) have expired, and views of a copy begin without them; varve backup includes "
                    + "the views' states of them\n")
        }
        var count = 0
        if format == .parquet { return try exportParquet(reader, damage) }
        if format == .csv { try Output.standard.write(EventCSV.header) }
        let printer = BatchPrinter(format == .csv ? .csv : .ndjson)
        try reader.scanAll(where: filter.filter, onDamage: damage.add) { batch in
            count += batch.rowCount
            printer.print(batch)
            try Output.standard.write(printer.take())
        }
        return count
    }

    /// Twice through the log: first for which attributes there are.
    private func exportParquet(_ reader: LogReader, _ damage: DamageNotes) throws -> Int {
        let end = try reader.durable().value
        let range = try reader.retained().value..<max(end, try reader.retained().value)
        var kinds = ParquetEvents.Kinds()
        try reader.scan(range, where: filter.filter, onDamage: { _ in }) { batch in
            batch.forEachEvent { _, event in kinds.add(event) }
        }
        var file = ParquetEvents(kinds)
        var count = 0
        try reader.scan(range, where: filter.filter, onDamage: damage.add) { batch in
            count += batch.rowCount
            batch.forEachEvent { offset, event in file.add(event, at: offset) }
            try Output.standard.write(file.take())
        }
        try Output.standard.write(file.finish())
        return count
    }

    private func exportRows(of name: String, _ damage: DamageNotes) throws -> Int {
        let definition = try definitions.view(name, at: data.path)
        let request = ViewRequest(
            definition, source: .log, asOf: at?.moment, bucket: bucket.flatMap { BucketLevel(named: $0) }, table: table,
            by: ViewShow.dimensions(by), from: filter.from?.timestamp(in: definition.zone),
            to: filter.to?.timestamp(in: definition.zone))
        let answer = try AnsweredViews.open(data.path).answer(request)
        let format = ViewFormat(answer)
        switch self.format {
        case .csv: try format.printCSV()
        case .ndjson: try format.printLines()
        case .parquet: try Output.standard.write(AnswerText(answer).parquet)
        }
        try Output.standard.flush()
        AnswerNotes.print([answer], ofTable: true)
        answer.damaged.forEach(damage.add)
        return answer.rows.count
    }
}
