import ArgumentParser
import VarveEvents
import VarveLog
import VarveProjections
import VarveServer
import VarveViews
import VarveWire

struct LogRetain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retain", abstract: "Remove segments whose newest event is past the age limit.",
        discussion: """
            Whole segments are removed by append time, oldest first, except pinned ones
            (varve log pin). Segments that a registered projector has not read are kept for
            up to --hold-days more and --hold-megabytes; then they are removed, and the
            projector's views report a gap. varve project forget NAME unregisters a
            projector. A limit lower than last time, or a clock that has jumped, needs
            --yes.

            The hours and days of the views that projectors maintain are first written to
            log/base; custom views need --views-dir here too. Events kept by a rule (varve
            log keep) are first written to log/kept.

              varve log retain --data data --dry-run
              varve log retain --data data --days 30
            """)

    @OptionGroup var data: DataOption
    @OptionGroup var definitions: ViewSelection
    @Option(help: "The number of days to keep an event (default: 30).") var days: Int?
    @Option(help: "Extra days to keep an event that a projector has not read (default: 7).") var holdDays: Int?
    @OptionGroup var settings: ConfigOption
    @Option(help: "MiB past the limit to keep for a projector; beyond that the oldest are removed.") var holdMegabytes = 8_192
    @Option(help: "Use this as the current time.", transform: { try TimeArgument.parsed($0) })
    var now: TimeArgument?
    @Flag(help: "Print what would be removed, without removing it.") var dryRun = false
    @Flag(help: "Confirm a limit lower than last time, or a clock that has jumped.") var yes = false
    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        guard (0...36_500).contains(days ?? 0) else { throw ValidationError("--days must be 0 to 36500.") }
        guard (0...36_500).contains(holdDays ?? 0) else { throw ValidationError("--hold-days must be 0 to 36500.") }
        guard (0...(1 << 40)).contains(holdMegabytes) else { throw ValidationError("--hold-megabytes is out of range.") }
    }

    func run() async throws {
        let maintenance = try LogMaintenance.open(at: data.path)
        let configuration = try Configuration.load(settings.config, at: data.path)
        let days = self.days ?? configuration.days ?? 30
        let holdDays = self.holdDays ?? configuration.holdDays ?? 7
        var request = RetentionRequest(limit: Int64(days) * 86_400 * 1_000_000_000)
        request.now = now?.timestamp
        request.isConfirmed = yes
        let projectors = try Registry(at: data.path).projectors()
        let slowest = projectors.min { $0.offset < $1.offset }
        request.hold = slowest.map {
            ProjectorHold(
                offset: $0.offset.value, grace: Int64(holdDays) * 86_400 * 1_000_000_000, bytes: UInt64(holdMegabytes) << 20)
        }
        var plan: RetentionPlan
        let keepsViews = try keepsViews(projectors)
        if dryRun {
            plan = try maintenance.planRetention(request)
            plan.kept = try maintenance.kept(plan, request)
        } else {
            plan = try retain(maintenance, request, keepsViews)
            if !plan.removed.isEmpty {
                try await AuditedCommand.note(.retention, at: data.path, "removed \(plan.events) events, \(plan.bytes) bytes")
            }
        }
        if !keepsViews { noteMissingViews(plan) }
        try report(plan, slowest?.name, objection: dryRun && !yes ? maintenance.objection(request) : nil)
    }

    private func retain(_ maintenance: LogMaintenance, _ request: RetentionRequest, _ keepsViews: Bool) throws -> RetentionPlan {
        guard !yes, let objection = try maintenance.objection(request) else {
            // The states of the views at the new R.
            let bases = keepsViews ? BaseBuilder(at: data.path, known: try definitions.known(at: data.path)).bases : nil
            return try maintenance.retain(request, bases: bases)
        }
        let plan = try maintenance.planRetention(request)
        throw CommandFailure(
            .failure, "\(objection); \(plan.events.grouped) events in \(plan.removed.count.grouped) segments would be removed",
            place: data.path, next: "check with --dry-run, then confirm with --yes")
    }

    /// Whether the hours and days of any view outlive the events: not in a log without projectors and bases.
    private func keepsViews(_ projectors: [RegisteredProjector]) throws -> Bool {
        try !projectors.isEmpty || !LogReader.open(at: data.path).baseNames().names.isEmpty
    }

    private func report(_ plan: RetentionPlan, _ slowest: String?, objection: String?) throws {
        if json {
            var line = JSONLine()
            line.field("dry_run", dryRun)
            line.field("segments", plan.removed.count)
            line.field("events", plan.events)
            line.field("bytes", plan.bytes)
            line.field("retained", plan.retained)
            line.field("kept_events", plan.kept.events)
            line.field("kept_bytes", plan.kept.bytes)
            line.field("held_by", held(plan, slowest))
            line.field("unread_events", plan.unread.map { $0.count } ?? 0)
            line.field("objection", objection)
            return try Output.standard.line(line.text)
        }
        for segment in plan.removed {
            let newest = segment.observed.map { LogSegments.time($0.upperBound) } ?? "unknown"
            try Output.standard.line(
                "\(dryRun ? "would remove" : "removed") \(segment.firstOffset) ..< \(segment.endOffset), "
                    + "\(segment.bytes.byteSize), newest \(newest)")
        }
        try Output.standard.line(
            "\(plan.removed.count.grouped) segments, \(plan.events.grouped) events, \(plan.bytes.byteSize); "
                + "the log begins at \(plan.retained.grouped)")
        if plan.kept.events > 0 {
            try Output.standard.line(
                "\(plan.kept.events.grouped) events below that offset \(dryRun ? "would be" : "are") kept, "
                    + "\(plan.kept.bytes.byteSize): see varve log keep")
        }
        if let unread = plan.unread {
            try Output.standard.line(
                "projector \(slowest ?? "") has not read \(unread.lowerBound) ..< \(unread.upperBound); its views get a gap")
        }
        if let held = held(plan, slowest) { try Output.standard.line("held by \(held)") }
        if let objection { try Output.standard.line("needs --yes: \(objection)") }
    }

    /// Without a projector, no view has been chosen to outlive the events.
    private func noteMissingViews(_ plan: RetentionPlan) {
        guard plan.events > 0 else { return }
        Output.error(
            "note: no projector is registered, so no view \(dryRun ? "would keep" : "keeps") hours and days of these events; "
                + "run varve project --data \(SafeText.escape(data.path)) before events are removed\n")
    }

    private func held(_ plan: RetentionPlan, _ slowest: String?) -> String? {
        switch plan.hold {
        case .nothing, .young: nil
        case .projector(let offset): "projector \(slowest ?? "") at offset \(offset)"
        case .pinned: "a pin"
        }
    }
}
