import ArgumentParser
import VarveDisk
import VarveIngest
import VarveLog
import VarveReports
import VarveSettings
import VarveViews
import VarveWire

/// A failure as shown to the user: what happened, where, and what to do next.
struct CommandFailure: Error {
    var status: ExitStatus
    var what: String
    var place: String?
    var next: String?

    init(_ status: ExitStatus, _ what: String, place: String? = nil, next: String? = nil) {
        self.status = status
        self.what = what
        self.place = place
        self.next = next
    }

    /// The failure for `error`; nil for errors of the argument parser, which prints its own.
    init?(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as DiskError: self.init(error)
        case let error as LogError: self.init(error)
        case let error as ViewError: self.init(error)
        case let error as IngestError: self.init(error)
        case let error as AnalysisError:
            self.init(error.kind == .usage ? .usage : .failure, error.message, next: error.next)
        case let error as InputError: self.init(.inputOutput, error.message, place: error.path)
        case let error as SettingsError: self.init(.configuration, "\(error)")
        case is ValidationError, is ExitCode, is CleanExit: return nil
        default:
            // The parser's `CommandError` is not public; it is recognised by its module name.
            if String(reflecting: type(of: error)).hasPrefix("ArgumentParser.") { return nil }
            self.init(.internal, "\(error)")
        }
    }

    init(_ error: DiskError) {
        switch error.code {
        case .lockHeld:
            self.init(
                .lockHeld, "the data directory is in use" + (error.detail.isEmpty ? "" : " by \(error.detail)"),
                place: error.path,
                next: "stop that process, or give another --data")
        case .notFound:
            self.init(.inputOutput, "no such file or directory", place: error.path, next: "check the spelling")
        case .noSpace:
            self.init(
                .inputOutput, "no space is left", place: "\(error.operation) \(error.path)",
                next: "free some space and run the command again; acknowledged events are durable")
        case .permission, .readOnly:
            self.init(.inputOutput, "not permitted", place: "\(error)", next: "check owner and mode of the path")
        case .wrongKind:
            self.init(
                .inputOutput, "this is not a file that can be read" + (error.detail.isEmpty ? "" : ": \(error.detail)"),
                place: error.path, next: "name a file, or - for standard input")
        case .exists, .inputOutput, .tooManyFiles, .badPath, .other:
            self.init(.inputOutput, "\(error)", place: error.path)
        }
    }

    /// A permission error is not a disk failure.
    private static func isNotPermitted(_ error: DiskError) -> Bool { error.code == .permission || error.code == .readOnly }

    init(_ error: LogError) {
        if let disk = error.disk, Self.isNotPermitted(disk) { self = CommandFailure(disk); return }
        if let disk = error.disk, disk.code == .wrongKind {
            self.init(
                .inputOutput, "a part of this path is not a folder, or not a file", place: disk.path,
                next: "check --data: it is a directory that holds a log")
            return
        }
        switch error.code {
        case .lockHeld, .fenced:
            self.init(.lockHeld, error.message, next: "wait for that process, stop it, or give another --data")
        case .noLog:
            self.init(.inputOutput, error.message, next: "check the path; varve ingest --data creates a new log")
        case .newerFormat:
            self.init(.configuration, error.message, next: "use the version of varve that wrote it, or a newer one")
        case .damaged:
            self.init(
                .damageOrDifference, error.message,
                next: "varve log verify lists the damage, varve log repair mends what can be mended")
        case .noSpace, .inputOutput:
            self.init(.inputOutput, error.message, next: "acknowledged events are durable; repair the disk and retry")
        case .acknowledgedLost:
            self.init(
                .inputOutput, error.message,
                next: "repair the disk and retry with the same input; events with ids, or under --producer, are not "
                    + "appended twice")
        case .batchRefused, .closed, .producerFenced, .producerSequence, .internal: self.init(.internal, error.message)
        case .truncated: self.init(.failure, error.message)
        case .refused: self.init(.failure, error.message, next: "check with --dry-run, then confirm with --yes")
        }
    }

    init(_ error: IngestError) {
        if let log = error.log { self.init(log); return }
        if let disk = error.disk { self.init(disk); return }
        switch error.code {
        case .log, .deadLetters, .input: self.init(.inputOutput, error.message, place: error.place)
        case .keyConflict, .keyInUse: self.init(.failure, error.message, place: error.place)
        case .tooManyLines: self.init(.usage, error.message, place: error.place, next: "split the file")
        case .notRepeatable:
            self.init(
                .inputOutput, "--producer needs files that can be read twice, and this is not one", place: error.place,
                next: "leave --producer out, or save the input as a file first")
        case .cancelled: self.init(.failure, error.message)
        case .internal: self.init(.internal, error.message, place: error.place)
        }
    }

    init(_ error: ViewError) {
        if let log = error.log {
            self.init(log)
        } else if let disk = error.disk, Self.isNotPermitted(disk) {
            self.init(disk)
        } else {
            let status: ExitStatus =
                switch error.code {
                case .lockHeld: .lockHeld
                case .newerFormat, .badDefinition: .configuration
                case .damaged, .poisoned: .damageOrDifference
                case .noSpace, .inputOutput, .log: .inputOutput
                case .internal: .internal
                case .badQuery, .badName, .exists: .usage
                case .noStore, .otherLog, .aheadOfLog, .unknownView, .outdatedView, .expired, .notDurableYet, .stopped: .failure
                }
            self.init(status, error.message, next: Self.next(error.code))
        }
    }

    /// The commands that help, which only this program knows.
    private static func next(_ code: ViewError.Code) -> String? {
        switch code {
        case .lockHeld: "varve serve maintains the views itself; stop that process, or give another --name"
        case .noStore: "varve project --data DIR builds the views"
        case .unknownView: "varve view ls names the views; varve project --views NAME builds one"
        case .outdatedView: "varve project builds it again"
        case .aheadOfLog: "varve ingest opens the log for writing"
        case .poisoned: "varve project --on-poison park sets such events aside; without that view the others go on"
        default: nil
        }
    }

    func report() {
        var text = "error: \(what)\n"
        if let place { text += "  where: \(place)\n" }
        if let next { text += "  next:  \(next)\n" }
        Output.error(text)
    }
}
