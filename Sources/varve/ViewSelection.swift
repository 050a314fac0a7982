import ArgumentParser
import VarveProjections
import VarveViews

/// Views as they are named on the command line: those that are built in, and those of a folder of the user's own.
struct ViewSelection: ParsableArguments {
    @Option(
        name: .customLong("views-dir"),
        help: ArgumentHelp("A folder of your own views, one YAML file each, beside those built in.", valueName: "dir"))
    var folder: String?

    /// `all`, or names separated by commas. All versions of them.
    func views(_ text: String, at data: String) throws -> [AnyView] {
        let known = try found(at: data)
        if text == "all" { return known.views }
        if text.split(separator: ",", omittingEmptySubsequences: false).contains("") {
            throw ValidationError("--views has an empty name in it: '\(text)'.")
        }
        var views: [AnyView] = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            for view in try known.versions(String(name))
            where !views.contains(where: { $0.fingerprint == view.fingerprint }) { views.append(view) }
        }
        return views
    }

    /// The view `name`, or with `name@2` its version 2. Of several versions the one that readers of the projector's store see.
    func view(_ name: String, at data: String, projector: String = "main") throws -> AnyView {
        let versions = try found(at: data).versions(name)
        guard versions.count > 1 else { return versions[0] }
        let store = try? ViewStore.open(at: data, projector: projector)
        let stored = (try? store?.read { store throws(ViewError) in try store.views() }) ?? []
        let current = try CurrentVersions(at: data, projector: projector).version(of: versions[0].name, stored)
        return versions.first { $0.version == current } ?? versions[0]
    }

    /// The same of a view whose states merge.
    func mergeable(_ name: String, at data: String, projector: String = "main") throws -> ViewDefinition {
        guard case .mergeable(let definition) = try view(name, at: data, projector: projector) else {
            throw CommandFailure(
                .usage, "'\(name)' is folded in order and has no buckets", next: "varve view show \(name) prints it")
        }
        return definition
    }

    /// All views there are but those of broken files.
    func known(at data: String) throws -> [AnyView] { try found(at: data).views }

    /// All views there are: built in, saved in the data directory, and of `--views-dir`.
    func found(at data: String) throws -> FoundViews {
        var found = FoundViews(at: data)
        if let folder { try found.add(folder: folder) }
        return found
    }
}
