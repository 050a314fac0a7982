import ArgumentParser
import VarveProjections
import VarveViews

struct ViewHash: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hash", abstract: "Print the hash of a view: 64 hexadecimal digits, equal for every copy of the log.",
        discussion: """
            The hash depends only on the view's definition and the events, not on machine,
            threads, segments or earlier queries. States of whole segments are cached in
            states/ in the data directory, and can be deleted at any time; --no-cache
            neither reads nor writes them. --name hashes a projector's stored view, and
            prints its offset on standard error; --at with that offset gives the same hash.

              varve view hash rollback_rate --data data
              # the first 250,000 events
              varve view hash rollback_rate --data data --at 250000
              # projector main's stored view
              varve view hash rollback_rate --data data --name main
            """)

    @Argument(help: "The view's name.") var view: String
    @OptionGroup var data: DataOption
    @OptionGroup var definitions: ViewSelection
    @Option(
        help: "An offset (the first N events) or an append time; by default everything durable.",
        transform: { try AsOfArgument.parsed($0) })
    var at: AsOfArgument?
    @Option(help: "Hash this projector's stored view, instead of folding the log.") var name: String?
    @OptionGroup var threads: ThreadsOption
    @Flag(help: "Fold every segment again.") var noCache = false

    func validate() throws {
        if at != nil, name != nil { throw ValidationError("--at reads the log, and --name a projector's store: choose one.") }
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
