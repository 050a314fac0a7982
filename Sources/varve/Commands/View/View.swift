import ArgumentParser
import VarveEvents
import VarveProjections
import VarveViews
import VarveWire

struct View: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "view",
        abstract: "Read the views that project maintains, now and as of the past.",
        subcommands: [
            ViewList.self, ViewShow.self, ViewDiff.self, ViewPromote.self, ViewHash.self, ViewProve.self,
        ])
}

struct ViewList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the views, with each view's offset and lag.",
        discussion: """
            A view that no projector maintains any more is frozen at its offset. A view is
            complete from offset 0 unless it was defined after events had expired. The
            version that readers see is marked. Views with rows come first.

              varve view ls --data data
            """)

    @OptionGroup var data: DataOption
    @OptionGroup var definitions: ViewSelection
    @Option(help: "The projector whose views to read.") var name = "main"
    @Flag(help: "Print a JSON array of objects.") var json = false

    func run() throws {
        let read = try DataDirectory.store(data.path, projector: name).read { store throws(ViewError) in try store.views() }
        let isKept = try Registry(at: data.path).projectors().contains { $0.name == name }
        let all = isKept ? read : read.map(\.withoutProjector)
        // Views with rows come first.
        let stored = all.filter { $0.cells > 0 } + all.filter { $0.cells == 0 }
        let durable = try ViewAnswers.open(at: data.path).durable()
        func behind(_ view: StoredView) -> UInt64 { durable > view.offset ? durable.value - view.offset.value : 0 }
        let pointers = try CurrentVersions(at: data.path, projector: name)
        let current = try Dictionary(
            Set(stored.map(\.name)).map { ($0, try pointers.version(of: $0, read)) }, uniquingKeysWith: { first, _ in first })
        let found = try definitions.found(at: data.path)
        let known = found.views.byStoredIdentity
        if json {
            let objects = stored.map { view in
                var line = JSONLine()
                line.field("name", view.name)
                line.field("version", view.version)
                line.field("fingerprint", known[view.fingerprint].map { "\($0.fingerprint)" } ?? view.fingerprint)
                line.field("bucket", view.level)
                line.field("cells", view.cells)
                line.field("complete_from", view.completeFrom.value)
                line.field("offset", view.offset.value)
                line.field("durable", durable.value)
                line.field("behind_events", behind(view))
                line.field("frozen", view.isFrozen)
                line.field("current", current[view.name] == view.version)
                return line.text
            }
            return try Output.standard.array(objects)
        }
        found.noteBroken()
        let hasVersions = Set(stored.map(\.name)).count < stored.count
        let isPartial = stored.contains { $0.completeFrom.value > 0 }
        var table = Table(
            ["view"] + (hasVersions ? ["version"] : []) + ["by", "bucket", "cells", "offset", "behind"]
                + (isPartial ? ["complete from"] : []) + (stored.contains(where: \.isFrozen) ? ["kept"] : []),
            numbers: ["cells", "offset", "behind", "complete from"])
        for view in stored {
            let mark = current[view.name] == view.version ? " *" : ""
            table.add(
                [view.name] + (hasVersions ? ["\(view.version)\(mark)"] : [])
                    + [dimensions(view, known), view.level, view.cells.grouped, view.offset.value.grouped, behind(view).grouped]
                    + (isPartial ? [view.completeFrom.value.grouped] : [])
                    + (stored.contains(where: \.isFrozen) ? [view.isFrozen ? "frozen" : "yes"] : []))
        }
        try Output.standard.write(table.text())
        try Output.standard.flush()
        if !isKept {
            Output.error(
                "note: the projector '\(name)' was forgotten, so nobody keeps its views any more; varve project"
                    + (name == "main" ? "" : " --name \(name)") + " continues\n")
        }
    }

    private func dimensions(_ stored: StoredView, _ known: [String: AnyView]) -> String {
        switch known[stored.fingerprint] {
        case .mergeable(let view): view.dimensions.map(\.name).joined(separator: ",")
        case .sequential(let view as EntityDefinition): view.key.map(\.name).joined(separator: ",")
        case .sequential(let view as SessionDefinition): view.key.map(\.name).joined(separator: ",")
        default: ""
        }
    }
}
