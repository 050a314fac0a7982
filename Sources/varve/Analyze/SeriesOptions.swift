import ArgumentParser
import VarveAnalysis
import VarveEvents
import VarveProjections
import VarveReports
import VarveViews

/// The source of the series of `analyze`: columns of a view, or of a CSV file.
struct SeriesOptions: ParsableArguments {
    @Argument(help: "The view's name; none with --csv.") var view: String?
    @Option(help: "The view's column to analyse.") var column: String?
    @Option(help: "One series per combination of these dimensions, comma-separated; by default a single series.")
    var by: String?
    @Option(help: "minute, hour or day.") var bucket: String?
    @OptionGroup var conditions: WhereOptions
    @Option(help: "Start of the time range (RFC 3339, or a day).", transform: { try TimeArgument.parsed($0) })
    var from: TimeArgument?
    @Option(help: "End of the time range, exclusive.", transform: { try TimeArgument.parsed($0) })
    var to: TimeArgument?
    @Option(help: "As of this offset (the first N events) or append time.", transform: { try AsOfArgument.parsed($0) })
    var at: AsOfArgument?
    @Option(help: "The projector whose views to read.") var name = "main"
    @OptionGroup var data: OptionalDataOption
    @OptionGroup var definitions: ViewSelection
    @Option(help: ArgumentHelp("A CSV file with a header line, instead of a view; - is standard input.", valueName: "file"))
    var csv: String?
    @Option(help: "The CSV file's time column, in ascending order.") var time: String?
    @Option(help: "The CSV file's value column.") var value: String?

    func validate() throws {
        if csv != nil {
            guard view == nil else { throw ValidationError("Give a view or --csv, not both.") }
            guard time != nil, value != nil else { throw ValidationError("--csv needs --time and --value: names of columns.") }
        } else {
            guard view != nil else { throw ValidationError("Name a view, or give --csv FILE.") }
            guard column != nil else { throw ValidationError("Which column of the view? Give --column.") }
            guard time == nil, value == nil else { throw ValidationError("--time and --value need --csv.") }
        }
        if let bucket, BucketLevel(named: bucket)?.nanoseconds == nil {
            throw ValidationError("There is no bucket '\(bucket)' to make a series of. There are: minute, hour, day.")
        }
    }

    /// The series, each in time order.
    func read() throws -> [NamedSeries] {
        if let csv, let time, let value {
            var points = try SeriesFile(path: csv, time: time, value: value).read()
            if let from { points.removeAll { $0.time < from.timestamp } }
            if let to { points.removeAll { $0.time >= to.timestamp } }
            return [NamedSeries(points: points)]
        }
        guard let view, let column else { throw ValidationError("Name a view and a column.") }
        let path = try data.path()
        let definition = try definitions.view(view, at: path, projector: name)
        let request = ViewRequest(
            definition, source: .kept(projector: name), asOf: at?.moment, bucket: bucket.flatMap { BucketLevel(named: $0) },
            by: by.map { ViewShow.dimensions($0) ?? [] } ?? [], where: conditions.filters,
            from: from?.timestamp(in: definition.zone), to: to?.timestamp(in: definition.zone))
        let answer = try AnsweredViews.open(path).answer(request)
        AnswerNotes.print([answer])
        return try NamedSeries.all(of: answer, column: column)
    }
}

/// `--data`, for commands in which it is optional.
struct OptionalDataOption: ParsableArguments {
    @Option(
        name: .customLong("data"),
        help: ArgumentHelp("The data directory. Default: $VARVE_DATA, or ./data if it is one.", valueName: "dir"))
    var given: String?

    /// The data directory; throws if there is none.
    func path() throws -> String {
        var option = DataOption()
        option.given = given
        try option.validate()
        return option.path
    }
}
