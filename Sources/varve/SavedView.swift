import VarveDisk
import VarveEvents
import VarveProjections
import VarveSettings

/// Views that were saved in a data directory: one file each, beside the stores of its projectors.
enum SavedView {
    static func path(_ name: String, at data: String) -> String { "\(data)/views/\(name).yaml" }

    /// Writes `definition` as the view `name`. Never writes over a file. Returns its path.
    static func save(_ definition: ViewDefinition, as name: String, at data: String) throws -> String {
        var view = definition.withPlainNames()
        view.name = name
        let path = path(name, at: data)
        do {
            _ = try ViewDefinition(yaml: view.yaml, file: "\(name).yaml")
        } catch {
            throw CommandFailure(.usage, "the question cannot be kept as a view: \(error.message)", next: "choose another name")
        }
        let disk = RealDisk()
        do throws(DiskError) {
            try disk.makeDirectory("\(data)/views")
            let file = try disk.create(path)
            try file.write(Array(view.yaml.utf8), at: 0)
            try file.syncData()
        } catch {
            guard error.code == .exists else { throw error }
            throw CommandFailure(
                .usage, "there is a view of this name; nothing was written", place: path, next: "choose another name")
        }
        return path
    }
}
