import ArgumentParser
import VarveDisk
import VarveEvents
import VarveViews
import VarveWire

struct ProjectList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the projectors of a log and their views.",
        discussion: "  varve project ls --data data")

    @OptionGroup var data: DataOption
    @Flag(help: "Print a JSON array of objects.") var json = false

    func run() throws {
        let projectors = try Registry(at: data.path).projectors()
        if json {
            let objects = projectors.map { projector in
                var line = JSONLine()
                line.field("name", projector.name)
                line.field("state", projector.state.rawValue)
                line.field("offset", projector.offset.value)
                line.field("updated", RFC3339.text(projector.updated))
                line.field("views", json: "[" + views(projector.name).map(\.name.jsonText).joined(separator: ",") + "]")
                return line.text
            }
            return try Output.standard.array(objects)
        }
        guard !projectors.isEmpty else { return try Output.standard.line("no projectors: start one with varve project") }
        var table = Table(["projector", "state", "offset", "views"], numbers: ["offset"])
        for projector in projectors {
            table.add([
                projector.name, projector.state.rawValue, projector.offset.value.grouped,
                views(projector.name).map(\.name).joined(separator: ", "),
            ])
        }
        try Output.standard.write(table.text())
    }

    /// Empty if its store has been deleted: the next run rebuilds it.
    private func views(_ projector: String) -> [StoredView] {
        (try? ViewStore.open(at: data.path, projector: projector).read { store throws(ViewError) in try store.views() }) ?? []
    }
}

struct ProjectStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Print each projector's offset, lag and speed.",
        discussion: """
            A projector is running, stopped, paused before an event that one of its views
            cannot fold, or stalled: it was running and has reported nothing for 20
            seconds. Gaps are events missing in its views; parked events were skipped
            because a view could not fold them. A view that a projector no longer maintains
            is frozen: its offset is printed below the table. All views of a forgotten
            projector are; JSON has the projectors that there are. There, version is the
            common version of its views, if there is one; unknown values are null.

              varve project status --data data
              varve project status --data data --json
            """)

    @OptionGroup var data: DataOption
    @Option(help: "The extra days for which log retain keeps an event that a projector has not read.") var days = 37
    @Flag(help: "Print a JSON array of objects.") var json = false

    func run() throws {
        let all = try ProjectorStatus.all(at: data.path)
        let stores = try StoredProjector.all(at: data.path)
        if json {
            return try Output.standard.array(
                all.map { status in object(status, stores.first { $0.name == status.name }?.frozen ?? []) })
        }
        let durable = try all.first?.durable ?? ViewAnswers.open(at: data.path).durable()
        guard !all.isEmpty else {
            try Output.standard.line("no projectors: start one with varve project")
            return try printFrozen(stores, durable)
        }
        var table = Table(
            ["projector", "state", "offset", "behind", "for", "events/s", "done in"],
            numbers: ["offset", "behind", "for", "events/s", "done in"])
        for status in all {
            table.add([
                status.name, status.state.rawValue, status.offset.value.grouped, status.lagEvents.grouped,
                status.lagSeconds.fixed(1) + " s", status.eventsPerSecond.grouped,
                status.etaSeconds.map { $0.fixed(1) + " s" } ?? "-",
            ])
        }
        try Output.standard.write(table.text())
        for status in all {
            let losses = losses(status.name)
            for gap in losses.gaps {
                try Output.standard.line(
                    "\(status.name): gap \(gap.offsets.lowerBound.grouped) ..< \(gap.offsets.upperBound.grouped): \(gap.reason)")
            }
            for row in losses.poison {
                try Output.standard.line(
                    "\(status.name): \(row.isParked ? "parked" : "paused before") event \(row.offset), which \(row.view) "
                        + "cannot fold: \(row.reason)")
            }
        }
        try printFrozen(stores, durable)
    }

    /// Views that nobody keeps any more, those at the same offset in one line.
    private func printFrozen(_ stores: [StoredProjector], _ durable: Offset) throws {
        for store in stores {
            for offset in Set(store.frozen.map(\.offset)).sorted() {
                let names = store.frozen.filter { $0.offset == offset }.map(\.name)
                let shown = names.count <= 3 ? names.joined(separator: ", ") : "\(names[0]) and \(names.count - 1) other views"
                try Output.standard.line(
                    "\(store.name)\(store.isRegistered ? "" : " (forgotten)"): \(shown) \(names.count == 1 ? "is" : "are") "
                        + "frozen at offset \(offset.value.grouped) of \(durable.value.grouped): no projector keeps "
                        + "\(names.count == 1 ? "it" : "them") any more")
            }
        }
    }

    /// Gaps and poisoned events of a projector's views. Empty if its store has been deleted.
    private func losses(_ projector: String) -> (gaps: [Gap], poison: [PoisonRow]) {
        let found = try? ViewStore.open(at: data.path, projector: projector)
            .read { store throws(ViewError) in (try store.gaps(), try store.poison()) }
        return found ?? ([], [])
    }

    private func frozen(_ views: [StoredView]) -> String {
        JSONLine.array(
            views.map { view in
                var line = JSONLine()
                line.field("view", view.name)
                line.field("version", view.version)
                line.field("offset", view.offset.value)
                return line.text
            })
    }

    private func object(_ status: ProjectorStatus, _ frozen: [StoredView]) -> String {
        let losses = losses(status.name)
        var line = JSONLine()
        line.field("name", status.name)
        line.field("state", status.state.rawValue)
        line.field("version", version(status.name))
        line.field("offset", status.offset.value)
        line.field("durable", status.durable.value)
        line.field("lag_events", status.lagEvents)
        line.field("lag_seconds", status.lagSeconds)
        line.field("events_per_second", status.eventsPerSecond)
        line.field("eta_seconds", status.etaSeconds)
        line.field("gaps", losses.gaps.count)
        line.field("gap_events", losses.gaps.reduce(0) { $0 + UInt64($1.offsets.count) })
        line.field("parked", losses.poison.filter(\.isParked).count)
        line.field("paused_at", losses.poison.first { !$0.isParked }?.offset.value)
        line.field("frozen", json: self.frozen(frozen))
        line.field("poison", losses.poison.last.map { "\($0.view): \($0.reason)" })
        // Nothing is removed automatically: this is when `log retain` with the default limit may do so.
        let now = Timestamp(nanoseconds: wallClockNanoseconds())
        line.field(
            "seconds_until_unread_data_is_deleted",
            status.secondsUntilUnreadIsDeleted(keeping: Double(days) * 86_400, now: now).map { max(0, $0) })
        return line.text
    }

    private func version(_ projector: String) -> UInt64? {
        let versions = try? ViewStore.open(at: data.path, projector: projector)
            .read { store throws(ViewError) in Set(try store.views().map(\.version)) }
        return versions?.count == 1 ? versions?.first.flatMap { UInt64(exactly: $0) } : nil
    }
}

struct ProjectForget: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget", abstract: "Unregister a stopped projector, so that retention no longer waits for it.",
        discussion: """
            Its views are not changed. When it runs again, it is registered again.

              varve project forget main --data data
            """)

    @Argument(help: "The projector's name.") var name: String
    @OptionGroup var data: DataOption

    func run() throws {
        let registry = Registry(at: data.path)
        let known = try registry.projectors().map(\.name)
        guard known.contains(name), try registry.forget(name) else {
            throw CommandFailure(
                .failure, "there is no projector '\(name)'", place: data.path,
                next: known.isEmpty ? "none is registered" : "there are: \(known.joined(separator: ", "))")
        }
        try Output.standard.line("forgotten: \(name)")
    }
}

extension String {
    /// As a JSON string.
    var jsonText: String {
        var writer = JSONWriter()
        writer.string(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
