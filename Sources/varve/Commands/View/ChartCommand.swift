import ArgumentParser
import Foundation
import VarveCharts
import VarveEvents
import VarvePages
import VarveProjections
import VarveViews
import VarveWorkspace

struct ChartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chart", abstract: "Draw a view over time: on the terminal, or as an SVG file.",
        discussion: """
            The bytes of a file are those of GET /chart.svg with the same parameters. At
            most one column of marks a pixel is drawn, with the least and the greatest value
            in it; where there is nothing, there is a gap.

              varve chart rollback_rate --data data
              varve chart rollback_rate --data data --by component \\
                --bucket day -o rollbacks.svg
              varve chart latency --data data --column p99_ms --theme dark -o latency.svg
            """)

    @Argument(help: "The view's name.") var view: String
    @OptionGroup var data: DataOption
    @Option(help: "The column to draw; by default one with a bound, else p95, else the first.") var column: String?
    @Option(help: "A dimension whose values are drawn one by one, the greatest six, or none.") var by: String?
    @Option(help: "minute, hour or day; by default the hour, or the finest that there is.") var bucket: String?
    @OptionGroup var conditions: WhereOptions
    @Option(help: "The first moment (RFC 3339, or a day).", transform: { try TimeArgument.parsed($0) })
    var from: TimeArgument?
    @Option(help: "The moment before which to stop.", transform: { try TimeArgument.parsed($0) })
    var to: TimeArgument?
    @Option(
        help: "As of this offset (the first so many events) or time of appending.",
        transform: { try AsOfArgument.parsed($0) })
    var at: AsOfArgument?
    @Option(help: "Whose views: a projector's name.") var name = "main"
    @Option(help: "line, area or bars; by default what suits.") var kind: String?
    @Option(help: "Pixels, 240 to 4096.") var width = 960
    @Option(help: "Pixels, 120 to 2048.") var height = 360
    @Option(help: "light or dark.") var theme = "light"
    @Option(help: "The title; by default view and column.") var title: String?
    @Option(name: .shortAndLong, help: ArgumentHelp("The SVG file; without it the terminal is drawn on.", valueName: "file"))
    var output: String?

    func validate() throws {
        if let bucket, BucketLevel(named: bucket) == nil || bucket == "all" {
            throw ValidationError("There is no bucket '\(bucket)' to draw. There are: minute, hour, day.")
        }
        if let kind, Chart.Kind(rawValue: kind) == nil {
            throw ValidationError("There is no kind '\(kind)'. There are: line, area, bars.")
        }
        if ChartTheme(rawValue: theme) == nil { throw ValidationError("--theme is light or dark.") }
        if !ChartFile.widths.contains(width) { throw ValidationError("--width is a number from 240 to 4096.") }
        if !ChartFile.heights.contains(height) { throw ValidationError("--height is a number from 120 to 2048.") }
        if let from, let to, from.timestamp >= to.timestamp { throw ValidationError("--from must be before --to.") }
        if let output, !output.hasSuffix(".svg") { throw ValidationError("A chart is drawn as SVG: give -o a name in .svg.") }
    }

    func run() async throws {
        var options = Workspace.Options()
        options.writes = false
        let workspace = try await Workspace.open(at: data.path, options: options)
        guard let description = try await workspace.views(projector: name).first(where: { $0.name == view && $0.isCurrent })
        else { throw CommandFailure(.usage, "there is no view '\(view)'", next: "varve view ls") }
        let split = by == "none" ? nil : by
        let zone = description.zone
        let answer = try await workspace.answer(
            ViewRequest(
                description.view, source: .keptOrLog(projector: name), asOf: at?.moment,
                bucket: bucket.flatMap { BucketLevel(named: $0) } ?? description.chartBucket, by: split.map { [$0] } ?? [],
                where: conditions.filters, from: from?.timestamp(in: zone), to: to?.timestamp(in: zone)))
        try await workspace.close()
        try draw(answer, description, split)
        try Output.standard.flush()
        AnswerNotes.print([answer], ofTable: output == nil)
        try DamageNotes([answer]).finish()
    }

    private func draw(_ answer: ViewAnswer, _ description: ViewDescription, _ split: String?) throws {
        var file = ChartFile()
        (file.width, file.height, file.title) = (width, height, title)
        file.theme = ChartTheme(rawValue: theme) ?? .light
        file.kind = kind.flatMap { Chart.Kind(rawValue: $0) }
        let text: String
        do throws(PageProblem) {
            if output == nil {
                let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? 100
                text = TerminalChart(try file.chart(answer, description, column: column, by: split), width: columns).text
            } else {
                text = try file.svg(answer, description, column: column, by: split)
            }
        } catch {
            throw CommandFailure(.usage, error.sentence)
        }
        guard let output else { return try Output.standard.write(text) }
        do {
            try text.write(to: URL(filePath: output), atomically: true, encoding: .utf8)
        } catch {
            throw CommandFailure(.inputOutput, "the file cannot be written: \(error.localizedDescription)", place: output)
        }
    }
}
