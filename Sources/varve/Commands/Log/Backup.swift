import ArgumentParser
import Foundation
import VarveEvents
import VarveLog
import VarveWire

struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy a log to another directory, or update such a copy.",
        discussion: """
            A writer may run at the same time. Sealed segments that the copy already has
            are not copied again. The copy is a log: cat, verify and restore can read it.

              varve backup /mnt/backup --data data
            """)

    @Argument(help: "The directory of the copy.") var target: String
    @OptionGroup var data: DataOption
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let (from, to) = (Self.real(data.path), Self.real(target))
        guard !(from + "/").hasPrefix(to + "/"), !(to + "/").hasPrefix(from + "/") else {
            throw CommandFailure(
                .usage, "a backup cannot be inside the data directory, nor the data directory inside it", place: target,
                next: "choose a directory elsewhere, preferably on another disk")
        }
        try BackupText.print(BackupText.refusals { try LogBackup.backup(data.path, to: target) }, json: json)
    }

    /// The path with links and dots resolved, as far as it exists.
    private static func real(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }
}

struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Create a data directory from a backup.",
        discussion: """
            With --to, only events below that offset are restored. An append of --producer
            is restored whole or not at all, so the log may end slightly earlier. Rebuild
            the views with varve project.

              varve restore /mnt/backup data
            """)

    @Argument(help: "The backup.") var source: String
    @Argument(help: "The new data directory; it must not exist.") var target: String
    @Option(name: .customLong("to"), help: "Only the events below this offset.") var end: UInt64?
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let report = try BackupText.refusals { try LogBackup.restore(source, to: target, upTo: end.map { Offset($0) }) }
        try BackupText.print(report, json: json)
    }
}

private enum BackupText {
    /// A refusal explains itself; there is no --yes here.
    static func refusals(_ body: () throws -> BackupReport) throws -> BackupReport {
        do {
            return try body()
        } catch let error as LogError where error.code == .refused {
            throw CommandFailure(.failure, error.message)
        }
    }

    static func print(_ report: BackupReport, json: Bool) throws {
        if json {
            var line = JSONLine()
            line.field("end_offset", report.end.value)
            line.field("copied", report.copied)
            line.field("kept", report.kept)
            line.field("bytes", report.bytes)
            return try Output.standard.line(line.text)
        }
        try Output.standard.line(
            "events below offset \(report.end.value.grouped); \(report.copied.grouped) segments copied, "
                + "\(report.kept.grouped) there before; \(report.bytes.byteSize) written")
    }
}
