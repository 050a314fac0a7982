import ArgumentParser
import Foundation
import VarveCatalog
import VarveProjections
import VarveSettings

/// Views as they are named on the command line: those that are built in, and those of a folder of the user's own.
struct ViewSelection: ParsableArguments {
    @Option(
        name: .customLong("views-dir"),
        help: ArgumentHelp("A folder of your own views, one YAML file each, beside those built in.", valueName: "dir"))
    var folder: String?

    /// `all`, or names separated by commas.
    func views(_ text: String) throws -> [ViewDefinition] {
        let known = try known()
        if text == "all" { return known }
        if text.split(separator: ",", omittingEmptySubsequences: false).contains("") {
            throw ValidationError("--views has an empty name in it: '\(text)'.")
        }
        var views: [ViewDefinition] = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            let view = try Self.view(String(name), among: known)
            if !views.contains(view) { views.append(view) }
        }
        return views
    }

    func view(_ name: String) throws -> ViewDefinition {
        try Self.view(name, among: known())
    }

    /// All views there are. No two of them have one name.
    func known() throws -> [ViewDefinition] {
        var views = ViewDefinition.catalog
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
            let view = try ViewDefinition(yaml: SettingsText.read(path, option: "--views-dir"), file: path)
            guard !views.contains(where: { $0.name == view.name }) else {
                throw CommandFailure(
                    .configuration, "there is a view '\(view.name)' already", place: path, next: "give it another name")
            }
            views.append(view)
        }
        return views
    }

    private static func isViewFile(_ name: String) -> Bool {
        !name.hasPrefix(".") && (name.hasSuffix(".yaml") || name.hasSuffix(".yml"))
    }

    private static func view(_ name: String, among known: [ViewDefinition]) throws -> ViewDefinition {
        if let view = known.first(where: { $0.name == name }) { return view }
        let near = known.map { (name: $0.name, distance: NearNames.distance($0.name, name)) }.filter { $0.distance <= 3 }
            .min { $0.distance < $1.distance }?.name
        throw CommandFailure(
            .usage, "there is no view '\(name)'",
            next: near.map { "did you mean \($0)? Your own views are found with --views-dir" }
                ?? "there are: \(known.map(\.name).joined(separator: ", ")); your own are found with --views-dir")
    }
}
