import ArgumentParser
import VarveLog
import VarveWire

struct LogCompact: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact", abstract: "Rewrite sealed segments with large, well-compressed frames.",
        discussion: """
            Offsets, content hashes and views do not change. A writer may run at the same
            time; without one, the active segment is sealed first. Each new segment is read
            back and compared before it replaces the old one, which is removed when the
            command returns. Leftovers of an interrupted run are removed. If both manifests
            of the log were lost, nothing is removed without --yes.

              varve log compact --data data --dry-run
              varve log compact --data data
            """)

    @OptionGroup var data: DataOption
    @Flag(help: "Print what would be done, without doing it.") var dryRun = false
    @Flag(help: "Confirm a manifest rebuilt from segments, so that files may be removed again.") var yes = false
    @Flag(help: "Print one JSON object.") var json = false

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
                    + "--yes is given\n")
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
                try Output.standard.line("\(count) segments unchanged: they would not become smaller")
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
