import VarveEvents
import VarveProjections
import VarveViews
import VarveWire

/// The output of `query --explain`.
enum QueryPlanText {
    static func print(_ plan: QueryPlan, json: Bool) throws {
        let columns = plan.columns.map { ($0.scope == .attribute ? "data." : "") + $0.name + ":\($0.type)" }
        let offsets = plan.offsets
        if json {
            var line = JSONLine()
            line.field("view", plan.definition.yaml)
            line.field("bucket", plan.bucket.name)
            line.field("from_offset", offsets.lowerBound.value)
            line.field("to_offset", offsets.upperBound.value)
            line.field("segments_read", plan.segmentsRead)
            line.field("segments", plan.segments)
            line.field("columns", columns.joined(separator: " "))
            line.field("threads", plan.threads)
            return try Output.standard.line(line.text)
        }
        try Output.standard.write(plan.definition.yaml)
        try Output.standard.line()
        try Output.standard.line(
            "fold      offsets \(offsets.lowerBound) ..< \(offsets.upperBound), by bucket \(plan.bucket.name)")
        try Output.standard.line(
            "segments  \(plan.segmentsRead) of \(plan.segments) have events of that time; frames without such signals are skipped"
        )
        try Output.standard.line("columns   " + (columns.isEmpty ? "none" : columns.joined(separator: " ")))
        try Output.standard.line("threads   \(plan.threads)")
    }
}
