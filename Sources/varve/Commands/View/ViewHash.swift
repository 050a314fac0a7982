import ArgumentParser
import VarveViews

struct ViewHash: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hash", abstract: "Print what a view is, as 64 hexadecimal digits that anyone with the log gets too.",
        discussion: """
            The hash depends on the view's definition and the events only: not on machine,
            threads, segments, or what has been asked before. States of whole segments are
            kept in states/ in the data directory, and can be deleted at any time;
            --no-cache neither reads nor keeps them.

              varve view hash rollback_rate --data data
              varve view hash rollback_rate --data data --at 250000     # the first 250,000 events
            """)

    @Argument(help: "The view's name.") var view: String
    @OptionGroup var data: DataOption
    @OptionGroup var definitions: ViewSelection
    @Option(help: "An offset (the first so many events) or a time; by default all that is durable.") var at: AsOfArgument?
    @OptionGroup var threads: ThreadsOption
    @Flag(help: "Fold every segment anew.") var noCache = false

    func run() throws {
        let definition = try definitions.view(view, at: data.path)
        let history = try ViewHistory.open(at: data.path, threads: threads.count, usesCache: !noCache)
        let damage = DamageNotes()
        let hash = try history.hash(of: definition, asOf: at?.moment ?? .now, onDamage: damage.add)
        try Output.standard.line("\(hash)")
        try damage.finish()
    }
}
