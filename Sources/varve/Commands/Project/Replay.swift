import ArgumentParser
import VarveEvents
import VarveHash
import VarveLog
import VarveProjections
import VarveViews
import VarveWire

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Fold a log into views in memory, and print their hashes. Uses no store.",
        discussion: """
            The hash of a view depends only on its definition and the events, not on
            threads, segments or machine. Segments with cached states in states/ (see view
            hash) are not folded again; --no-cache folds all, for measurements.

              varve replay --data data --views rollback_rate,volume
              varve replay --data data --threads 1 --stats
            """)

    @OptionGroup var data: DataOption
    @Option(help: "all, or comma-separated names.") var views = "all"
    @OptionGroup var selection: ViewSelection
    @OptionGroup var threads: ThreadsOption
    @Flag(help: "Fold every segment, without cached states.") var noCache = false
    @Flag(help: "Print a final JSON object: events, seconds, hashes.") var stats = false

    func run() throws {
        let definitions = try selection.views(views, at: data.path)
        var options = ReplayOptions(threads: threads.count)
        options.usesCache = !noCache
        let result = try Replay.run(at: data.path, all: definitions, options: options)
        let hashes = result.hashes(threads: threads.count)
        let width = hashes.map(\.view.count).max() ?? 0
        for (view, hash) in hashes {
            try Output.standard.line(view + String(repeating: " ", count: width - view.count + 2) + hash.description)
        }
        if stats {
            var all = JSONLine()
            for (view, hash) in hashes { all.field(view, hash.description) }
            var line = JSONLine()
            line.field("events", result.events)
            line.field("seconds", result.seconds)
            line.field("events_per_second", result.seconds > 0 ? Double(result.events) / result.seconds : nil)
            line.field("segments", result.segments)
            line.field("hashes", json: all.text)
            try Output.standard.line(line.text)
        }
        try Output.standard.flush()
        if result.cached > 0 {
            Output.error("note: \(result.cached) of \(result.segments) segments were not folded: their states were in states/\n")
        }
        for range in result.damaged { Output.error("damaged: \(range)\n") }
        if !result.damaged.isEmpty { throw ExitStatus.damageOrDifference.exitCode }
    }
}
