internal import VarveDisk
public import VarveProjections

/// Saves views in a data directory, each as a YAML file next to the stores of its projectors.
public struct SavedViews: Sendable {
    private let paths: ViewPaths

    public init(at data: String) { paths = ViewPaths(data) }

    /// Saves `definition` as the view `name` and returns the file's path. Never overwrites a file.
    ///
    /// - Throws: `.badName` for an invalid name, `.exists` when there is a file of this name.
    public func save(_ definition: ViewDefinition, as name: String) throws(ViewError) -> String {
        var view = definition.withPlainNames()
        view.name = name
        do {
            _ = try ViewDefinition(yaml: view.yaml, file: "\(name).yaml")
        } catch {
            throw ViewError(.badName, "the query cannot be saved as a view: \(error)")
        }
        let path = paths.definition(name)
        let disk = RealDisk()
        do throws(DiskError) {
            try disk.makeDirectory(paths.views)
            let file = try disk.create(path)
            try file.write(Array(view.yaml.utf8), at: 0)
            try file.syncData()
            try disk.syncDirectory(paths.views)
        } catch {
            if error.code == .exists { throw ViewError(.exists, "\(path): the view exists already; nothing was written") }
            throw ViewError(error, at: path)
        }
        return path
    }
}
