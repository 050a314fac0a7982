import ArgumentParser
import VarveProjections
import VarveViews

struct ViewHash: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hash", abstract: "Print what a view is, as 64 hexadecimal digits that anyone with the log gets too.",
        discussion: """
            The hash depends on the view's definition and the events only: not on machine,
            threads, segments, or what has been asked before. States of whole segments are
            kept in states/ in the data directory, and can be deleted at any time;
            --no-cache neither reads nor keeps them. --name gives the hash of what a projector
            keeps, and says on standard error at which offset: with --at it is the same.

              varve view hash rollback_rate --data data
              varve view hash rollback_rate --data data --at 250000     # the first 250,000 events
              varve view hash rollback_rate --data data --name main     # as projector main keeps it
            """)

    @Argument(help: "The view's name.") var view: String
    @OptionGroup var data: DataOption
    @OptionGroup var definitions: ViewSelection
    @Option(help: "An offset (the first so many events) or a time; by default all that is durable.") var at: AsOfArgument?
    @Option(help: "Of what this projector keeps, instead of what the log says.") var name: String?
    @OptionGroup var threads: ThreadsOption
    @Flag(help: "Fold every segment anew.") var noCache = false

    func validate() throws {
        if at != nil, name != nil { throw ValidationError("--at asks the log, and --name what a projector keeps: choose one.") }
    }

    func run() throws {
        let definition = try definitions.view(view, at: data.path, projector: name ?? "main")
        if let name { return try printKept(definition, name) }
        let history = try ViewHistory.open(at: data.path, threads: threads.count, usesCache: !noCache)
        let damage = DamageNotes()
        let hash = try history.hash(of: definition, asOf: at?.moment ?? .now, onDamage: damage.add)
        try Output.standard.line("\(hash)")
        try damage.finish()
    }

    private func printKept(_ view: AnyView, _ projector: String) throws {
        let kept = try Self.kept(view, data.path, projector)
        try Output.standard.line(kept.hash)
        try Output.standard.flush()
        Output.error("at offset \(kept.offset)\n")
    }

    private static func kept(_ view: AnyView, _ data: String, _ projector: String) throws -> (hash: String, offset: String) {
        do throws(ViewError) {
            return try ViewStore.open(at: data, projector: projector).read { store throws(ViewError) in try read(view, store) }
        } catch {
            guard error.code == .noStore else { throw error }
            throw DataDirectory.noStore(data, projector)
        }
    }

    private static func read(_ view: AnyView, _ store: StoreReader) throws(ViewError) -> (hash: String, offset: String) {
        let checkpoint = try store.checkpoint()
        let own = try store.views().first { $0.name == view.name && $0.version == view.version }
        let offset = own?.offset ?? checkpoint.offset
        switch view {
        case .mergeable(let definition):
            let hash = try store.hash(of: definition)
            return ("\(hash)", "\(offset)")
        case .sequential(let projection):
            let state = try store.state(of: projection)
            return ("\(state.viewHash)", "\(offset)")
        }
    }
}
