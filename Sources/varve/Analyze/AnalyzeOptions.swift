import ArgumentParser
import VarveEvents
import VarveLog
import VarveProjections
import VarveReports

/// What the analyses of a data directory have in common.
struct AnalyzeOptions: ParsableArguments {
    @OptionGroup var data: DataOption
    @OptionGroup var conditions: WhereOptions
    @Option(help: "Fields or dimensions to group by, comma-separated.") var by: String?
    @Option(help: "minute, hour or day.") var bucket: String?
    @Option(help: "Start of the time range (RFC 3339, or a day).") var from: TimeArgument?
    @Option(help: "End of the time range, exclusive.") var to: TimeArgument?
    @Option(help: "As of this offset (the first N events) or append time.") var at: AsOfArgument?
    @Option(help: "The projector whose views to read.") var name = "main"
    @OptionGroup var definitions: ViewSelection
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        if let bucket, BucketLevel(named: bucket)?.nanoseconds == nil {
            throw ValidationError("There is no bucket '\(bucket)' here. There are: minute, hour, day.")
        }
        if let from, let to, from.timestamp >= to.timestamp { throw ValidationError("--from must be before --to.") }
    }

    /// Prints the answer of an analysis with its own options, each with its values.
    func run(_ kind: AnalysisKind, view: String? = nil, column: String? = nil, _ options: [String: [String]] = [:]) throws {
        var question = AnalysisQuestion()
        (question.view, question.column) = (view, column)
        question.by = by.map { $0.split(separator: ",").map { String($0) } } ?? []
        question.bucket = bucket.flatMap { BucketLevel(named: $0) }
        question.conditions = conditions.all
        (question.from, question.to, question.asOf) = (from?.timestamp, to?.timestamp, at?.moment)
        question.options = options.filter { !$0.value.isEmpty }
        try AnalysisPrinter.print(kind.answer(question, rows()), json: json)
    }

    func rows() throws -> AnalysisRows {
        let folders = definitions.folder.map { [$0] } ?? []
        return AnalysisRows(try LogReader.open(at: data.path), at: data.path, projector: name, viewFolders: folders)
    }
}

/// A list of one value, or of none.
func values(_ value: String?) -> [String] { value.map { [$0] } ?? [] }
