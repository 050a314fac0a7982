import ArgumentParser
import VarveDisk
import VarveEvents
import VarveProjections
import VarveViews

struct Project: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the views of a log up to date, and look after those who do.",
        discussion: ProjectRun.configuration.discussion,
        subcommands: [ProjectRun.self, ProjectList.self, ProjectStatus.self, ProjectForget.self],
        defaultSubcommand: ProjectRun.self)
}

struct ProjectRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Bring the views of a log up to date, and with --follow keep them there.",
        discussion: """
            Views and how far they have come are kept in one SQLite file and change in
            one transaction: whatever stops this command, the next run goes on from
            there and counts nothing twice. It runs beside ingest.

              varve project --data data
              varve project --data data --views rollback_rate,latency --follow
              varve project --data data --views-dir my-views
            """)

    @OptionGroup var data: DataOption
    @Option(help: "all, or names separated by commas.") var views = "all"
    @OptionGroup var selection: ViewSelection
    @Flag(help: "Stay and follow the log, until Ctrl-C or SIGTERM.") var follow = false
    @Option(help: "The projector's name; each has its own views.") var name = "main"

    func run() async throws {
        let definitions = try selection.views(views)
        StopSignal.install()
        let projector = try Projector.open(at: data.path, name: name, views: definitions)
        let stopper = Task {
            while !StopSignal.isRequested { try await Task.sleep(for: .milliseconds(50)) }
            projector.stop()
        }
        defer { stopper.cancel() }
        let meter = ProjectMeter()
        let reached = try await projector.run(follow: follow) { meter.show($0) }
        meter.clear()
        for note in reached.notes { Output.error("note: \(note)\n") }
        let names = definitions.count > 6 ? "\(definitions.count) views" : definitions.map(\.name).joined(separator: ", ")
        try Output.standard.line(
            "\(names): up to offset \(reached.offset.value.grouped), \(reached.events.grouped) events folded")
        for gap in reached.gaps {
            Output.error("gap: offsets \(gap.offsets.lowerBound) ..< \(gap.offsets.upperBound) are missing: \(gap.reason)\n")
        }
        if !reached.gaps.isEmpty { throw ExitStatus.damageOrDifference.exitCode }
    }
}

/// Progress that is told from the projector's thread.
private final class ProjectMeter: Sendable {
    private let progress = Monitor(Progress())

    func show(_ reached: ProjectorProgress) {
        progress.withLock {
            $0.update("offset \(reached.offset.value.grouped) of \(reached.durable.value.grouped)")
        }
    }

    func clear() {
        progress.withLock { $0.clear() }
    }
}
