import VarveDisk
import VarveLog
import VarveViews

/// The data directory, looked at before a command works on it, so that what is missing is called by its name.
enum DataDirectory {
    static func check(_ path: String) throws {
        guard try RealDisk().kind(path) == .file else { return }
        throw CommandFailure(
            .inputOutput, "this is a file, not a data directory", place: path,
            next: "give --data a directory, or a name that is new")
    }

    /// The views of a projector. What is missing may be its run, or the whole log.
    static func store(_ path: String, projector: String) throws -> ViewStore {
        do throws(ViewError) {
            return try ViewStore.open(at: path, projector: projector)
        } catch {
            guard error.code == .noStore else { throw error }
            _ = try LogReader.open(at: path)
            throw CommandFailure(
                .failure, "projector \(projector) has not run here yet", place: path,
                next: "varve project --data \(path)" + (projector == "main" ? "" : " --name \(projector)"))
        }
    }
}
