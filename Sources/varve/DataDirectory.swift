import Foundation
import VarveDisk
import VarveIngest
import VarveLog
import VarveViews

/// The data directory, looked at before a command works on it, so that what is missing is called by its name.
enum DataDirectory {
    /// The directory that is meant when none is named: `$VARVE_DATA`, else `./data` if that is a data directory.
    static var usual: String? {
        if let named = ProcessInfo.processInfo.environment["VARVE_DATA"], !named.isEmpty { return named }
        let isOne = (try? RealDisk().kind("data/log")) == .directory
        return isOne ? "data" : nil
    }

    static func check(_ path: String) throws {
        let kind: DiskEntryKind?
        do throws(DiskError) {
            kind = try RealDisk().kind(path)
        } catch {
            guard let next = advice(error, path) else { throw error }
            throw CommandFailure(.inputOutput, "the data directory cannot be used: \(error)", place: path, next: next)
        }
        guard kind == .file else { return }
        throw CommandFailure(
            .inputOutput, "this is a file, not a data directory", place: path,
            next: "give --data a directory, or a name that is new")
    }

    /// Opens the log to append to it, a new one with the catalog's rules of what is kept, and says of a directory that cannot be
    /// made or written what it is and what to do.
    static func ingestor(_ path: String, options: LogOptions = LogOptions()) async throws -> Ingestor {
        do throws(IngestError) {
            return try await Ingestor.open(at: path, options: options)
        } catch {
            guard let disk = error.disk, let next = advice(disk, path) else { throw error }
            throw CommandFailure(
                .inputOutput, "the data directory cannot be written: \(disk)", place: path, next: next)
        }
    }

    /// What to do about a directory that cannot be made or written; nil for other failures.
    private static func advice(_ error: DiskError, _ path: String) -> String? {
        switch error.code {
        case .permission: "check owner and mode of \(error.path), or give another --data"
        case .readOnly: "the file system is read-only: give another --data"
        case .notFound where error.operation == "mkdir":
            "make the folder above it first; if it is there, no folder can be made in it: give another --data"
        case .notFound, .wrongKind: "a part of the path is no folder: give another --data"
        case .badPath: "give another --data"
        case .exists, .noSpace, .inputOutput, .tooManyFiles, .lockHeld, .other: nil
        }
    }

    /// The views of a projector. What is missing may be its run, or the whole log.
    static func store(_ path: String, projector: String) throws -> ViewStore {
        do throws(ViewError) {
            return try ViewStore.open(at: path, projector: projector)
        } catch {
            guard error.code == .noStore else { throw error }
            _ = try LogReader.open(at: path)
            throw noStore(path, projector)
        }
    }

    static func noStore(_ path: String, _ projector: String) -> CommandFailure {
        CommandFailure(
            .failure, "projector \(projector) has not run here yet", place: path,
            next: "varve project --data \(path)" + (projector == "main" ? "" : " --name \(projector)"))
    }
}
