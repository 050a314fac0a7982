import ArgumentParser
import Foundation
import VarveDisk
import VarveEvents
import VarveLog
import VarveProjections
import VarveViews

struct Project: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "project",
        abstract: "Bring the views of a log up to date, and manage projectors.",
        discussion: ProjectRun.configuration.discussion,
        subcommands: [ProjectRun.self, ProjectList.self, ProjectStatus.self, ProjectForget.self],
        defaultSubcommand: ProjectRun.self)
}

struct ProjectRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Bring the views of a log up to date, and keep them so with --follow.",
        discussion: """
            Without --views it maintains the views whose signals occur in the log, custom
            views, and those it maintained before; with --follow all, since any signal may
            arrive.

            Views and their offset are stored in one SQLite file and change in one
            transaction: however this command stops, the next run continues from there
            and counts nothing twice. It can run beside ingest.

              varve project --data data
              varve project --data data --views rollback_rate,latency --follow
              varve project --data data --views-dir my-views

            Two files of --views-dir with the same name and different versions are two
            views maintained side by side; readers see the first until varve view promote.

            An event that a sequential view cannot fold stops this projector before the
            event (exit code 2; with --follow it waits); --on-poison park skips and counts
            it.
            """)

    @OptionGroup var data: DataOption
    @Option(help: "all, or comma-separated names. Default: views whose signals occur, and views already maintained.")
    var views: String?
    @OptionGroup var selection: ViewSelection
    @Flag(help: "Follow the log until Ctrl-C or SIGTERM.") var follow = false
    @Option(help: "The projector's name; each has its own views.") var name = "main"
    @Option(help: ArgumentHelp("For an event that a view cannot fold: pause before it, or park it.", valueName: "pause|park"))
    var onPoison: OnPoison?
    @OptionGroup var settings: ConfigOption
    @Flag(help: ArgumentHelp("Exit when standard input ends, because the server that started it is gone.", visibility: .hidden))
    var withParent = false

    enum OnPoison: String, CaseIterable, ExpressibleByArgument {
        case pause, park
    }

    func run() async throws {
        let found = try selection.found(at: data.path)
        let configuration = try Configuration.load(settings.config, at: data.path)
        let definitions = try definitions(found, views ?? configuration.views)
        found.noteBroken()
        StopSignal.install()
        var options = ProjectorOptions()
        options.parksPoison = (onPoison ?? configuration.onPoison) == .park
        let projector = try Projector.open(at: data.path, name: name, all: definitions, options: options)
        StopSignal.onRequest { projector.stop() }
        if withParent {
            startBlockingThread {
                // Nobody writes to the pipe; it ends when the process at its other end does.
                _ = try? FileHandle.standardInput.readToEnd()
                projector.stop()
            }
        }
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
        if reached.parked > 0 {
            Output.error("parked: \(reached.parked.grouped) events that a view could not fold; see project status\n")
        }
        if let event = reached.paused {
            throw CommandFailure(
                .damageOrDifference, "paused: \(event)", place: data.path,
                next: "fix the view, remove it from --views, or skip the event with --on-poison park")
        }
        if !reached.gaps.isEmpty { throw ExitStatus.damageOrDifference.exitCode }
        if !found.broken.isEmpty { throw ExitStatus.configuration.exitCode }
    }

    /// The requested views, or by default those that have data. A follower cannot know which signals will arrive, and maintains
    /// all.
    private func definitions(_ found: FoundViews, _ views: String?) throws -> [AnyView] {
        if let views { return try selection.views(views, at: data.path) }
        let signals = try LogReader.open(at: data.path).fields().signals
        if follow || signals.isEmpty { return found.views }
        let store = try? ViewStore.open(at: data.path, projector: name)
        let kept = try store?.read { store throws(ViewError) in try store.views() }.filter { !$0.isFrozen }.map(\.name) ?? []
        return found.views.filter { view in
            !found.defined.isBuiltIn(view) || kept.contains(view.name) || signals.contains { view.signals.matches($0) }
        }
    }
}

/// Progress reported by the projector's thread.
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
