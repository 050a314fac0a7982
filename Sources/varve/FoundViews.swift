import VarveCatalog
import VarveEvents
import VarveProjections
import VarveSettings
import VarveViews

/// The views that commands know, and the files that are none.
struct FoundViews {
    var views: [AnyView] = []
    /// Files that could not be read as a view, with the reason.
    private(set) var broken: [(path: String, failure: CommandFailure)] = []

    /// How many of them are built in; they come first.
    var builtIn = 0

    /// Whether a view is of a file.
    func isOwn(_ view: AnyView) -> Bool {
        views.dropFirst(builtIn).contains { $0.name == view.name && $0.version == view.version }
    }

    /// Adds the view of a file, or sets the file aside.
    mutating func add(_ path: String) {
        do {
            let text = try SettingsText.read(path, option: "--views-dir")
            let view = try AnyView(yaml: text, file: path) { ZoneRules(named: $0) }
            guard !views.contains(where: { $0.name == view.name && $0.version == view.version }) else {
                throw CommandFailure(
                    .configuration, "there is a view '\(view.name)' of version \(view.version) already", place: path,
                    next: "give it another name, or another version")
            }
            views.append(view)
        } catch {
            broken.append((path, CommandFailure(error) ?? CommandFailure(.configuration, "\(error)", place: path)))
        }
    }

    /// Says which files were set aside.
    func noteBroken() {
        for file in broken {
            let place = file.failure.place.map { "\($0): " } ?? ""
            Output.error("note: a view file is left out: \(place)\(file.failure.what)\n")
        }
    }

    /// The versions of a view, ascending; of `name@2` that one.
    func versions(_ text: String) throws -> [AnyView] {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let own = views.filter { $0.name == name }.sorted { $0.version < $1.version }
        if let number = parts.dropFirst().first, !own.isEmpty {
            guard let version = Int(number), let view = own.first(where: { $0.version == version }) else {
                throw CommandFailure(
                    .usage, "there is no version '\(number)' of '\(name)'",
                    next: "there are: \(own.map { String($0.version) }.joined(separator: ", "))")
            }
            return [view]
        }
        if !own.isEmpty { return own }
        // It may be the one whose file cannot be read.
        if let file = broken.first(where: { isNamed($0.path, name) }) ?? (broken.count == 1 ? broken.first : nil) {
            throw file.failure
        }
        let near = NearNames.nearest(to: name, among: views.map(\.name), within: 3).first
        throw CommandFailure(
            .usage, "there is no view '\(name)'",
            next: near.map { "did you mean \($0)? Your own views are found with --views-dir" }
                ?? "there are: \(views.map(\.name).joined(separator: ", ")); your own are found with --views-dir")
    }

    private func isNamed(_ path: String, _ name: String) -> Bool {
        let file = path.split(separator: "/").last ?? ""
        return file == "\(name).yaml" || file == "\(name).yml"
    }
}
