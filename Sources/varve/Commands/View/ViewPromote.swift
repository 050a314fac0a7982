import ArgumentParser
import VarveProjections
import VarveViews

struct ViewPromote: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Choose which version of a view readers see.",
        discussion: """
            Versions of a view (two files of --views-dir with the same name) are maintained
            side by side; a new one is built beside the old one. Promoting replaces a small
            file and is safe while the projector runs; promoting the old version again
            switches back at once. The default is the highest complete version.

              varve view diff checkout --data data --views-dir my-views
              varve view promote checkout --data data
              varve view promote checkout --data data --version 1
            """)

    @Argument(help: "The view's name.") var view: String
    @OptionGroup var data: DataOption
    @Option(help: "The version to show.") var version: Int?
    @Option(help: "The projector whose views to read.") var name = "main"

    func run() throws {
        let stored = try DataDirectory.store(data.path, projector: name).read { store throws(ViewError) in try store.views() }
            .filter { $0.name == view }
        guard !stored.isEmpty else {
            throw CommandFailure(.failure, "projector \(name) has no view '\(view)'", place: data.path)
        }
        let list = stored.map { String($0.version) }.joined(separator: ", ")
        guard let wanted = version ?? stored.filter({ !$0.isFrozen }).map(\.version).max(),
            stored.contains(where: { $0.version == wanted })
        else {
            throw CommandFailure(
                .failure, "version \(version.map(String.init) ?? "") of '\(view)' is not built", place: data.path,
                next: "there are: \(list); varve project builds what its definitions say")
        }
        let pointers = try CurrentVersions(at: data.path, projector: name)
        let before = try pointers.version(of: view, stored)
        try pointers.promote(view, to: wanted)
        let note = before.map { $0 == wanted ? ", as before" : "; it was \($0)" } ?? ""
        try Output.standard.line("\(view): readers see version \(wanted)\(note)")
    }
}
