import ArgumentParser
import VarveEvents
import VarveProjections
import VarveViews

struct ViewShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print the rows of a view.",
        discussion: """
            --from and --to choose by the events' own time. --by with some of the
            dimensions merges the others, --by none merges all. --where component=
            (nothing behind the sign) chooses the events that have no component.
            Minutes are folded from the log when they are asked for.

            --at says what was known then: the view over the first events of the log, up to
            an offset or to the moment at which they were appended. It asks the log itself,
            so it needs no projector.

            A view that is folded in order (sessions) has no buckets; --where takes any
            column, --from and --to choose what went on then.

              varve view show rollback_rate --data data --bucket day
              varve view show sessions --data data --where user=user_7
              varve view show latency --data data --bucket all --by signal --json
              varve view show volume --data data --from 2026-01-21 --to 2026-01-22
              varve view show volume --data data --bucket day --at 250000
              varve view show volume --data data --bucket day --at 2026-01-22T09:30
            """)

    @Argument(help: "The view's name.") var view: String
    @OptionGroup var data: DataOption
    @OptionGroup var definitions: ViewSelection
    @Option(help: "minute, hour, day or all.") var bucket: String?
    @Option(help: "Of a view that is folded in order: one of its tables.") var table: String?
    @Option(help: "Dimensions to split by, separated by commas, or none; by default all.") var by: String?
    @Option(name: .customLong("where"), help: "dimension=value; may be given more than once.") var filters: [String] = []
    @Option(help: "The first moment (RFC 3339, or a day).") var from: TimeArgument?
    @Option(help: "The moment before which to stop.") var to: TimeArgument?
    @Option(help: "As of this offset (the first so many events) or time of appending.") var at: AsOfArgument?
    @Option(help: "Whose views: a projector's name.") var name = "main"
    @Flag(help: "A JSON array of objects.") var json = false
    @Flag(help: "Comma-separated values with a header line.") var csv = false

    func validate() throws {
        if json, csv { throw ValidationError("Choose one of --json and --csv.") }
        if let bucket, BucketLevel(named: bucket) == nil {
            throw ValidationError("There is no bucket '\(bucket)'. There are: minute, hour, day, all.")
        }
        if let from, let to, from.timestamp >= to.timestamp { throw ValidationError("--from must be before --to.") }
        for filter in filters where !filter.contains("=") { throw ValidationError("--where takes dimension=value.") }
    }

    func run() throws {
        let damage = DamageNotes()
        switch try definitions.view(view, at: data.path, projector: name) {
        case .mergeable(let definition):
            let query = query(definition)
            let rows = try rows(of: definition, query, damage)
            try print(rows, ViewFormat(definition, query))
            if at != nil { try note(.mergeable(definition)) }
        case .sequential(let projection):
            let rows = try rows(of: projection, damage)
            let tables = projection.tables
            let shown = tables.first { $0.name == table } ?? tables[0]
            try print(rows, ViewFormat(shown, rows))
        }
        try damage.finish()
    }

    /// Says so where the view does not know of all events there ever were.
    private func note(_ view: AnyView) throws {
        let first = try ViewHistory.open(at: data.path).completeFrom(view)
        if first.value > 0 { Output.error("note: complete from offset \(first) on: earlier events had expired\n") }
    }

    private func query(_ definition: ViewDefinition) -> ViewQuery {
        ViewQuery(
            bucket: bucket.flatMap { BucketLevel(named: $0) } ?? max(.hour, definition.permanentLevel),
            by: dimensions, where: filters.map(Self.filter), from: from?.timestamp, to: to?.timestamp)
    }

    private func print(_ rows: [ViewRow], _ format: ViewFormat) throws {
        if json {
            try format.printJSON(rows)
        } else if csv {
            try format.printCSV(rows)
        } else {
            try format.printTable(rows)
        }
    }

    private func rows(of projection: any SequentialProjection, _ damage: DamageNotes) throws -> [ViewRow] {
        if bucket != nil || by != nil {
            throw CommandFailure(
                .usage, "\(projection.name) is folded in order and has no buckets",
                next: "--table chooses among \(projection.tables.map(\.name).joined(separator: ", "))")
        }
        let query = SequentialQuery(
            table: table, where: filters.map(Self.filter), from: from?.timestamp, to: to?.timestamp)
        let state: SequentialState
        if let at {
            state = try ViewHistory.open(at: data.path).state(of: projection, asOf: at.moment, onDamage: damage.add)
        } else {
            state = try DataDirectory.store(data.path, projector: name).read { store throws(ViewError) in
                try store.state(of: projection)
            }
        }
        note(state.tally, of: projection)
        do {
            return try state.rows(query)
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
    }

    /// Says what is missing from the rows.
    private func note(_ tally: SequentialTally, of projection: any SequentialProjection) {
        if tally.parked > 0 { Output.error("note: \(tally.parked) events that it cannot take are left out\n") }
        if tally.leftOut > 0 {
            let limit = projection.limits.entries
            Output.error("note: \(tally.leftOut) events of keys beyond the limit of \(limit) are left out\n")
        }
        if tally.swept > 0 {
            let days = projection.limits.keepsFinished / 86_400_000_000_000
            let from = projection.limits.countsFromBeginning ? "they began" : "their last event"
            Output.error("note: \(tally.swept) that were over are gone, \(days) days after \(from)\n")
        }
    }

    private var dimensions: [String]? {
        switch by {
        case nil: nil
        case "none": []
        case let names?: names.split(separator: ",").map(String.init)
        }
    }

    private static func filter(_ text: String) -> DimensionFilter {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return DimensionFilter(parts[0], parts[1].isEmpty ? nil : parts[1])
    }

    private func rows(of definition: ViewDefinition, _ query: ViewQuery, _ damage: DamageNotes) throws -> [ViewRow] {
        // The store keeps the present and the levels that are permanent; the past and minutes come from the log itself.
        let isMinute = query.bucket < definition.permanentLevel && definition.levels.contains(query.bucket)
        guard at == nil, !isMinute else {
            let history = try ViewHistory.open(at: data.path)
            if case .time = at?.moment, try history.offset(at?.moment ?? .now).value == 0 {
                Output.error("note: nothing had been appended by then; --from and --to choose by the events' own time\n")
            }
            return try history.rows(of: definition, query, asOf: at?.moment ?? .now, onDamage: damage.add)
        }
        return try DataDirectory.store(data.path, projector: name).read { store throws(ViewError) in
            try store.rows(of: definition, query)
        }
    }
}
