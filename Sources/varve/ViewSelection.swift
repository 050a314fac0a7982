import ArgumentParser
import Foundation
import VarveCatalog
import VarveProjections
import VarveSettings
import VarveViews

/// Views as they are named on the command line: those that are built in, and those of a folder of the user's own.
struct ViewSelection: ParsableArguments {
    @Option(
        name: .customLong("views-dir"),
        help: ArgumentHelp("A folder of your own views, one YAML file each, beside those built in.", valueName: "dir"))
    var folder: String?

    /// `all`, or names separated by commas. All versions of them.
    func views(_ text: String) throws -> [AnyView] {
        let known = try known()
        if text == "all" { return known }
        if text.split(separator: ",", omittingEmptySubsequences: false).contains("") {
            throw ValidationError("--views has an empty name in it: '\(text)'.")
        }
        var views: [AnyView] = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            for view in try Self.versions(String(name), among: known)
            where !views.contains(where: { $0.fingerprint == view.fingerprint }) { views.append(view) }
        }
        return views
    }

    /// The view `name`, or with `name@2` its version 2. Of several versions the one that readers of the projector's store see.
    func view(_ name: String, at data: String, projector: String = "main") throws -> AnyView {
        let versions = try Self.versions(name, among: known())
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

    /// All views there are. No two of them have one name and one version.
    func known() throws -> [AnyView] {
        var views = ViewDefinition.catalog.map { AnyView.mergeable($0) } + Catalog.sequentialViews.map { .sequential($0) }
        guard let folder else { return views }
        let files: [String]
        do {
            files = try FileManager.default.contentsOfDirectory(atPath: folder).filter(Self.isViewFile).sorted()
        } catch {
            throw CommandFailure(
                .inputOutput, "there is no such folder, or it cannot be read", place: folder, next: "check --views-dir")
        }
        guard !files.isEmpty else {
            throw CommandFailure(.configuration, "the folder has no view in it: no file ends in .yaml or .yml", place: folder)
        }
        for file in files {
            let path = folder + "/" + file
            let text = try SettingsText.read(path, option: "--views-dir")
            let view = try AnyView(yaml: text, file: path) { ZoneRules(named: $0) }
            guard !views.contains(where: { $0.name == view.name && $0.version == view.version }) else {
                throw CommandFailure(
                    .configuration, "there is a view '\(view.name)' of version \(view.version) already", place: path,
                    next: "give it another name, or another version")
            }
            views.append(view)
        }
        return views
    }

    private static func isViewFile(_ name: String) -> Bool {
        !name.hasPrefix(".") && (name.hasSuffix(".yaml") || name.hasSuffix(".yml"))
    }

    /// The versions of a view, ascending; of `name@2` that one.
    static func versions(_ text: String, among known: [AnyView]) throws -> [AnyView] {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let own = known.filter { $0.name == name }.sorted { $0.version < $1.version }
        if let number = parts.dropFirst().first, !own.isEmpty {
            guard let version = Int(number), let view = own.first(where: { $0.version == version }) else {
                throw CommandFailure(
                    .usage, "there is no version '\(number)' of '\(name)'",
                    next: "there are: \(own.map { String($0.version) }.joined(separator: ", "))")
            }
            return [view]
        }
        if !own.isEmpty { return own }
        let near = NearNames.nearest(to: name, among: known.map(\.name), within: 3).first
        throw CommandFailure(
            .usage, "there is no view '\(name)'",
            next: near.map { "did you mean \($0)? Your own views are found with --views-dir" }
                ?? "there are: \(known.map(\.name).joined(separator: ", ")); your own are found with --views-dir")
    }
}
