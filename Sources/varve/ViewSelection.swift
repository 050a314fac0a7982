import ArgumentParser
import VarveCatalog
import VarveProjections

/// Views as they are named on the command line.
enum ViewSelection {
    /// `all`, or names separated by commas.
    static func views(_ text: String) throws -> [ViewDefinition] {
        if text == "all" { return ViewDefinition.catalog }
        var views: [ViewDefinition] = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            let view = try view(String(name))
            if !views.contains(view) { views.append(view) }
        }
        return views
    }

    static func view(_ name: String) throws -> ViewDefinition {
        if let view = ViewDefinition.catalog.first(where: { $0.name == name }) { return view }
        let known = ViewDefinition.catalog.map(\.name).joined(separator: ", ")
        throw ValidationError("There is no view '\(name)'. There are: \(known).")
    }
}
