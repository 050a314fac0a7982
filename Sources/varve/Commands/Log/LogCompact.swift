import ArgumentParser
import VarveLog
import VarveWire

struct LogCompact: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact", abstract: "Rewrite sealed segments with large, well compressed frames.",
        discussion: """
            Offsets, content hashes and views stay as they are. Runs beside a writer; when
            nobody writes, the active segment is sealed first. Each segment is read back
            and compared before it takes the place of the old one, which is gone when the
            command returns. Leftovers of an interrupted run are removed, but where both
            manifests of a log were lost: then nothing is, until somebody says --yes.

              varve log compact --data data --dry-run
              varve log compact --data data
            """)

    @OptionGroup var data: DataOption
    @Flag(help: "Say what would be done, and do nothing.") var dryRun = false
    @Flag(help: "A manifest that was made from the segments is right: files may be removed again.") var yes = false
    @Flag(help: "One JSON object.") var json = false

    func run() throws {
        let sealed = dryRun ? false : try LogMaintenance.sealActive(at: data.path)
        let maintenance = try LogMaintenance.open(at: data.path)
        let plan = try maintenance.planCompaction()
        if dryRun {
            if json { return try Output.standard.line(planText(plan)) }
            for segment in plan.rewrites {
                try Output.standard.line(
                    "would rewrite \(segment.firstOffset) ..< \(segment.endOffset): \(segment.frames) frames, "
                        + segment.bytes.byteSize)
            }
            return try Output.standard.line(
                "\(plan.rewrites.count.grouped) segments, \(plan.bytes.byteSize); \(plan.done.grouped) done before, "
                    + "\(plan.tight.grouped) would gain nothing, \(plan.damaged.grouped) damaged")
        }
        if yes { try maintenance.confirmRebuilt() }
        if maintenance.isRebuilt {
            Output.error(
                "note: both manifests of this log were lost once: nothing is removed until varve log verify is clean and "
                    + "somebody says --yes\n")
        }
        let report = try maintenance.compact(plan)
        let before = report.rewritten.reduce(UInt64(0)) { $0 + $1.bytesBefore }
        let after = report.rewritten.reduce(UInt64(0)) { $0 + $1.bytesAfter }
        if json {
            var line = JSONLine()
            line.field("sealed_active", sealed)
            line.field("rewritten", report.rewritten.count)
            line.field("bytes_before", before)
            line.field("bytes_after", after)
            line.field("kept", report.kept.count)
            line.field("failed", report.failed.count)
            line.field("damaged", plan.damaged)
            try Output.standard.line(line.text)
        } else {
            if sealed { try Output.standard.line("sealed the active segment") }
            try Output.standard.line(
                "rewrote \(report.rewritten.count.grouped) segments: \(before.byteSize) before, \(after.byteSize) after")
            if !report.kept.isEmpty {
                let count = report.kept.count.grouped
                try Output.standard.line("kept \(count) segments as they are: rewritten they would not be smaller")
            }
        }
        for failure in report.failed { Output.error("not rewritten: segment \(failure.segment): \(failure.reason)\n") }
        if !report.failed.isEmpty { throw ExitStatus.damageOrDifference.exitCode }
    }

    private func planText(_ plan: CompactionPlan) -> String {
        var line = JSONLine()
        line.field("would_rewrite", plan.rewrites.count)
        line.field("bytes", plan.bytes)
        line.field("done", plan.done)
        line.field("tight", plan.tight)
        line.field("damaged", plan.damaged)
        return line.text
    }
}
