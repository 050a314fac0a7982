import ArgumentParser
import VarveEvents
import VarveProjections
import VarveViews

struct View: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read the views that project keeps, and what they said at any time.",
        subcommands: [ViewList.self, ViewShow.self, ViewDiff.self, ViewHash.self, ViewProve.self])
}

struct ViewList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the views, and how far each has come.",
        discussion: "  varve view ls --data data")

    @OptionGroup var data: DataOption
    @OptionGroup var definitions: ViewSelection
    @Option(help: "Whose views: a projector's name.") var name = "main"
    @Flag(help: "A JSON array of objects.") var json = false

    func run() throws {
        let stored = try DataDirectory.store(data.path, projector: name).read { store throws(ViewError) in try store.views() }
        if json {
            let objects = stored.map { view in
                var line = JSONLine()
                line.field("name", view.name)
                line.field("version", view.version)
                line.field("fingerprint", view.fingerprint)
                line.field("bucket", view.level)
                line.field("cells", view.cells)
                line.field("complete_from", view.completeFrom.value)
                line.field("offset", view.offset.value)
                return line.text
            }
            return try Output.standard.array(objects)
        }
        let known = try definitions.known()
        var table = Table(["view", "by", "bucket", "cells", "offset"], numbers: ["cells", "offset"])
        for view in stored {
            let definition = known.first { $0.name == view.name && "\($0.fingerprint)" == view.fingerprint }
            let dimensions = definition?.dimensions.map(\.name).joined(separator: ",") ?? ""
            table.add([view.name, dimensions, view.level, view.cells.grouped, view.offset.value.grouped])
        }
        try Output.standard.write(table.text())
    }
}
