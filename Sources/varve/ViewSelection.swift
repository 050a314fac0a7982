import ArgumentParser
import VarveProjections
import VarveViews

/// Views named on the command line: built in, or from a folder of custom views.
struct ViewSelection: ParsableArguments {
    @Option(
        name: .customLong("views-dir"),
        help: ArgumentHelp("A folder of custom views, one YAML file each, in addition to the built-in ones.", valueName: "dir"))
    var folder: String?

    /// `all`, or comma-separated names. Includes all versions.
    func views(_ text: String, at data: String) throws -> [AnyView] {
        let known = try found(at: data)
        if text == "all" { return known.views }
        if text.split(separator: ",", omittingEmptySubsequences: false).contains("") {
            throw ValidationError("--views contains an empty name: '\(text)'.")
        }
        var views: [AnyView] = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            for view in try known.versions(String(name))
            where !views.contains(where: { $0.fingerprint == view.fingerprint }) { views.append(view) }
        }
        return views
    }

    /// The view `name`, or its version 2 for `name@2`. Without a version, the one that readers of the projector's store see.
    func view(_ name: String, at data: String, projector: String = "main") throws -> AnyView {
        let versions = try found(at: data).versions(name)
        guard versions.count > 1 else { return versions[0] }
        let store = try? ViewStore.open(at: data, projector: projector)
        let stored = (try? store?.read { store throws(ViewError) in try store.views() }) ?? []
        let current = try CurrentVersions(at: data, projector: projector).version(of: versions[0].name, stored)
        return versions.first { $0.version == current } ?? versions[0]
    }

    /// The same for a mergeable view.
    func mergeable(_ name: String, at data: String, projector: String = "main") throws -> ViewDefinition {
        guard case .mergeable(let definition) = try view(name, at: data, projector: projector) else {
            throw CommandFailure(
                .usage, "'\(name)' is a sequential view without buckets", next: "use varve view show \(name)")
        }
        return definition
    }

    /// All views except those in broken files.
    func known(at data: String) throws -> [AnyView] { try found(at: data).views }

    /// All views: built in, saved in the data directory, and from `--views-dir`.
    func found(at data: String) throws -> FoundViews {
        var found = FoundViews(at: data)
        if let folder { try found.add(folder: folder) }
        return found
    }
}
