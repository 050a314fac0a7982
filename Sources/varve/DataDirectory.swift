import Foundation
import VarveDisk
import VarveIngest
import VarveLog
import VarveViews

/// Checks the data directory before a command uses it, so that errors name what is missing.
enum DataDirectory {
    /// The default directory: `$VARVE_DATA`, or `./data` if that is a data directory.
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

    /// Opens the log for ingestion; a new log gets the catalog's retention rules. If the directory cannot be created or
    /// written, the error says what to do. What recovery found, such as events that are lost, is printed.
    static func ingestor(_ path: String, options: LogOptions = LogOptions()) async throws -> Ingestor {
        do throws(IngestError) {
            let ingestor = try await Ingestor.open(at: path, options: options)
            for note in ingestor.log.recovery.notes { Output.error("note: \(note)\n") }
            return ingestor
        } catch {
            guard let disk = error.disk, let next = advice(disk, path) else { throw error }
            throw CommandFailure(
                .inputOutput, "the data directory cannot be written: \(disk)", place: path, next: next)
        }
    }

    /// What to do about a directory that cannot be created or written; nil for other failures.
    private static func advice(_ error: DiskError, _ path: String) -> String? {
        switch error.code {
        case .permission: "check owner and mode of \(error.path), or give another --data"
        case .readOnly: "the file system is read-only: give another --data"
        case .notFound where error.operation == "mkdir":
            "create the parent folder first; if it exists, no folder can be created in it: give another --data"
        case .notFound, .wrongKind: "a part of the path is not a folder: give another --data"
        case .badPath: "give another --data"
        case .exists, .noSpace, .inputOutput, .tooManyFiles, .lockHeld, .other: nil
        }
    }

    /// The store of a projector. The error says whether its run, or the whole log, is missing.
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
