import ArgumentParser
import VarveBatchFormat
import VarveCatalog
import VarveEvents
import VarveLog
import VarveProjections
import VarveViews
import VarveWire

struct Metrics: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The flat picture: one value for every metric of every view, with its unit and whether it is healthy.",
        discussion: """
            Each view is merged over all of its dimensions and over the time asked for;
            view show splits them. "Now" is the time of the newest event, so the same log
            gives the same picture. With --json the object also has what the chatbot's
            /debug/metrics has: messages, users and system.

              varve metrics --data data
              varve metrics --data data --json
              varve metrics --data data --from 2026-01-21 --to 2026-01-22 --system bookiji
            """)

    @OptionGroup var data: DataOption
    @Option(help: "The first moment (RFC 3339, or a day).") var from: TimeArgument?
    @Option(help: "The moment before which to stop.") var to: TimeArgument?
    @Option(help: "Only metrics of one system: bookiji, atomic, flashfusion, chatbot or monitoring.") var system: String?
    @OptionGroup var threads: ThreadsOption
    @Flag(help: "One JSON object.") var json = false

    func validate() throws {
        if let from, let to, from.timestamp >= to.timestamp { throw ValidationError("--from must be before --to.") }
        guard let system, CatalogSystem(rawValue: system) == nil else { return }
        let known = CatalogSystem.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("There is no system '\(system)'. There are: \(known).")
    }

    func run() throws {
        let views = Catalog.views.filter { system == nil || $0.system.rawValue == system }
        let replayed = try Replay.run(
            at: data.path, views: Catalog.views.map(\.definition), options: ReplayOptions(threads: threads.count))
        let damage = DamageNotes()
        replayed.damaged.forEach(damage.add)
        let values = try views.flatMap { try FlatMetric.all(of: $0, replayed, from: from?.timestamp, to: to?.timestamp) }
        if json {
            try printJSON(values, replayed)
        } else {
            var table = Table(["metric", "value", "unit", "state", "bounds"], numbers: ["value"])
            for value in values {
                table.add([value.name, ViewFormat.text(value.value), value.unit ?? "", value.state ?? "", value.bounds])
            }
            try Output.standard.write(table.text())
        }
        try damage.finish()
    }

    private func printJSON(_ values: [FlatMetric], _ replayed: ReplayResult) throws {
        var all = JSONLine()
        for value in values { all.field(value.name, json: value.json) }
        var line = JSONLine()
        let now = try newest()
        line.field("timestamp", now.map { RFC3339.text($0) })
        line.field("offset", try LogReader.open(at: data.path).durable().value)
        if let now, system == nil {
            let picture = BotPicture(replayed, data: data.path, now: now)
            for (name, value) in try picture.parts() { line.field(name, json: value) }
        }
        line.field("metrics", json: all.text)
        try Output.standard.line(line.text)
    }

    /// The time of the newest event.
    private func newest() throws -> Timestamp? {
        let reader = try LogReader.open(at: data.path)
        var newest = Int64.min
        for segment in try reader.segments() {
            if let time = segment.time {
                newest = max(newest, time.upperBound.nanoseconds)
                continue
            }
            let times = ColumnSelection(keys: [], times: true, observed: false)
            try reader.scan(segment.firstOffset.value..<segment.endOffset.value, select: times, onDamage: { _ in }) { batch in
                newest = max(newest, batch.times.max() ?? .min)
            }
        }
        return newest == .min ? nil : Timestamp(nanoseconds: newest)
    }
}

/// One metric over everything that was asked for.
struct FlatMetric {
    let name: String
    let value: ViewValue
    let unit: String?
    let state: String?
    let bounds: String

    /// The metrics of a view that are numbers; none when nothing has come in for it.
    static func all(of view: CatalogView, _ replayed: ReplayResult, from: Timestamp?, to: Timestamp?) throws -> [FlatMetric] {
        let rows = try replayed.rows(of: view.definition, ViewQuery(bucket: .all, by: [], from: from, to: to))
        guard let row = rows.first else { return [] }
        return view.metrics.compactMap { metric in
            guard let value = row[metric.column], value != .null else { return nil }
            if case .top = value { return nil }
            let bounds = [metric.bounds.healthy.map { "healthy \($0)" }, metric.bounds.alert.map { "alert \($0)" }]
            return FlatMetric(
                name: "\(view.name).\(metric.column)", value: value, unit: metric.unit?.rawValue,
                state: value.number.flatMap { metric.bounds.state(of: $0) }?.rawValue,
                bounds: bounds.compactMap(\.self).joined(separator: ", "))
        }
    }

    var json: String {
        var line = JSONLine()
        line.field("value", json: value.json)
        line.field("unit", unit)
        line.field("state", state)
        return line.text
    }
}

/// What the chatbot's `/debug/metrics` answers (C17): messages, users, system, and since when the bot runs.
private struct BotPicture {
    let replayed: ReplayResult
    let data: String
    let now: Timestamp

    init(_ replayed: ReplayResult, data: String, now: Timestamp) {
        self.replayed = replayed
        self.data = data
        self.now = now
    }

    func parts() throws -> [(String, String)] {
        let bot = try row("bot_heartbeats", nil)
        let sizes = try row("database_size", nil)
        var messages = JSONLine()
        messages.field("total", json: number(try row("messages", nil), "messages"))
        messages.field("last_hour", json: number(try recent("messages", 3_600), "messages"))
        messages.field("last_24h", json: number(try recent("messages", 86_400), "messages"))
        messages.field("avg_response_time", json: number(try row("messages", nil), "mean_ms", empty: "null"))
        var users = JSONLine()
        users.field("total", json: number(try row("active_users", nil), "users"))
        users.field("active_today", json: number(try row("active_users", 1), "users"))
        users.field("active_this_week", json: number(try row("active_users", 7), "users"))
        users.field("active_now", json: number(try recent("messages", Numbers.Chatbot.activeWindow.value), "users"))
        let launches = try recent("lti_launches", Numbers.Chatbot.activeWindow.value)
        var system = JSONLine()
        system.field("memory_mb", json: number(bot, "memory_mb", empty: "null"))
        let cpu = bot?["cpu"]?.number
        // As the document names it: in percent.
        system.field("cpu_percent", cpu.map { $0 * 100 })
        let open = bot?["database_connections"] == .null ? sizes?["connections"] : bot?["database_connections"]
        system.field("database_connections", json: (open ?? .null).json)
        return [
            ("uptime", number(bot, "uptime_s", empty: "null")), ("messages", messages.text), ("users", users.text),
            ("system", system.text), ("active_launches", number(launches, "successes")),
        ]
    }

    private func number(_ row: ViewRow?, _ column: String, empty: String = "0") -> String {
        row?[column].map { $0 == .null ? empty : $0.json } ?? empty
    }

    /// The one row of a view over the last `days` calendar days, today included; nil for all of them.
    private func row(_ view: String, _ days: Int64?) throws -> ViewRow? {
        guard let definition = Catalog.view(view)?.definition else { return nil }
        let today = BucketLevel.day.bucket(of: now.nanoseconds)
        let from = days.flatMap { BucketLevel.day.start(of: today - $0 + 1) }.map { Timestamp(nanoseconds: $0) }
        return try replayed.rows(of: definition, ViewQuery(bucket: .all, by: [], from: from)).first
    }

    /// One view over the last `seconds`, the minute that the time falls into included.
    private func recent(_ view: String, _ seconds: Double) throws -> ViewRow? {
        guard let definition = Catalog.view(view)?.definition else { return nil }
        let from = Timestamp(nanoseconds: now.nanoseconds - Int64(seconds) * 1_000_000_000 + 1)
        var options = ReplayOptions()
        options.minutes = true
        options.from = from
        let recent = try Replay.run(at: data, views: [definition], options: options)
        let query = ViewQuery(bucket: .all, by: [], from: from)
        return try recent.states.state(of: view, level: .minute)?.rows(query).first
    }
}
