import ArgumentParser
import VarveLog
import VarveWire
import VarveWorkspace

struct LogVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Read every byte of a log and check all checksums.",
        discussion: """
            The exit code is 0 if everything is intact, and 2 otherwise: each fault is
            printed with its file, bytes and offsets. Nothing is changed; a writer may run
            at the same time.

              varve log verify --data data
              varve log verify --data data --json
            """)

    @OptionGroup var data: DataOption
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let report = try LogVerifier.verify(at: data.path)
        if json {
            var line = JSONLine()
            line.field("sound", report.isSound)
            line.field("segments", report.segments)
            line.field("frames", report.frames)
            line.field("events", report.events)
            line.field("bytes", report.bytes)
            line.field("faults", json: "[" + report.faults.map(\.jsonText).joined(separator: ",") + "]")
            try Output.standard.line(line.text)
        } else {
            for fault in report.faults { try Output.standard.line("fault  \(SafeText.escape(fault.description))") }
            let checked =
                "\(report.segments.grouped) segments, \(report.frames.grouped) frames, "
                + "\(report.events.grouped) events, " + report.bytes.byteSize
            try Output.standard.line(
                report.isSound ? "sound: \(checked)" : "\(report.faults.count.grouped) faults in \(checked)")
        }
        if !report.isSound { throw ExitStatus.damageOrDifference.exitCode }
    }
}

extension DamagedRange {
    /// As a JSON object.
    var jsonText: String { LogText.damage(self, withPath: true) }
}
