import VarveCatalog
import VarveEvents
import VarveProjections
import VarveViews

/// The views that commands know, and the error for an unknown name.
struct FoundViews {
    private(set) var defined: DefinedViews

    init(at data: String) {
        defined = DefinedViews(builtIn: Catalog.allViews, at: data)
    }

    var views: [AnyView] { defined.views }
    var broken: [DefinedViews.BrokenFile] { defined.broken }

    /// Adds the views of `--views-dir`.
    mutating func add(folder: String) throws {
        let count: Int
        do throws(ViewError) {
            count = try defined.add(folder: folder)
        } catch {
            throw CommandFailure(
                .inputOutput, "there is no such folder, or it cannot be read", place: folder, next: "check --views-dir")
        }
        guard count > 0 else {
            throw CommandFailure(.configuration, "the folder has no views: no file ends in .yaml or .yml", place: folder)
        }
    }

    /// Prints which files were skipped.
    func noteBroken() {
        for file in broken {
            let failure = Self.failure(file)
            let place = failure.place.map { "\($0): " } ?? ""
            Output.error("note: view file skipped: \(place)\(failure.what)\n")
        }
    }

    /// The versions of a view, ascending; for `name@2` only that one.
    func versions(_ text: String) throws -> [AnyView] {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let own = defined.versions(of: name)
        if let number = parts.dropFirst().first, !own.isEmpty {
            guard let version = Int(number), let view = own.first(where: { $0.version == version }) else {
                throw CommandFailure(
                    .usage, "there is no version '\(number)' of '\(name)'",
                    next: "there are: \(own.map { String($0.version) }.joined(separator: ", "))")
            }
            return [view]
        }
        if !own.isEmpty { return own }
        if let file = defined.brokenFile(of: name) ?? (broken.count == 1 ? broken.first : nil) { throw Self.failure(file) }
        throw CommandFailure(.usage, "there is no view '\(name)'", next: Self.hint(name, among: views.map(\.name)))
    }

    /// What may be meant by the name of a view that there is not.
    private static func hint(_ name: String, among known: [String]) -> String {
        if let near = NearNames.nearest(to: name, among: known, within: 3).first {
            return "did you mean \(near)? Custom views need --views-dir"
        }
        let words = name.split(separator: "_").map(String.init).filter { $0.count > 3 }
        let akin = known.filter { view in words.contains { view.contains($0) } }
        let shown = (akin.isEmpty ? known : akin).joined(separator: ", ")
        return "\(akin.isEmpty ? "there are" : "similar ones are"): \(shown); custom views need --views-dir"
    }

    private static func failure(_ file: DefinedViews.BrokenFile) -> CommandFailure {
        CommandFailure(file.error) ?? CommandFailure(.configuration, "\(file.error)", place: file.path)
    }
}
