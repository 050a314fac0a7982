import VarveCatalog
import VarveEvents
import VarveProjections
import VarveViews
import VarveWire

/// The views shown by the demo: volume, rollback rate and latency, around the hours that stand out.
struct DemoReport {
    private let store: ViewStore
    private let incident: FoundIncident?

    init(data: String) throws {
        store = try ViewStore.open(at: data)
        incident = FoundIncident(try Self.rows(store, .rollbackRate, ViewQuery(bucket: .hour)))
    }

    func text() throws -> String {
        var text = try volume()
        guard let incident else { return text + "No hour stands out: generate more events to see the incident.\n\n" }
        text += try rollbacks(incident)
        text += try latency(incident)
        return text
    }

    private static func rows(_ store: ViewStore, _ view: ViewDefinition, _ query: ViewQuery) throws -> [ViewRow] {
        try store.read { reader throws(ViewError) in try reader.rows(of: view, query) }
    }

    private func rows(_ view: ViewDefinition, _ query: ViewQuery) throws -> [ViewRow] {
        try Self.rows(store, view, query)
    }

    private func volume() throws -> String {
        let all = try rows(.volume, ViewQuery(bucket: .all))
        let total = all.reduce(0) { $0 + ($1["events"]?.number ?? 0) }
        let day = try incident?.day ?? rows(.volume, ViewQuery(bucket: .day, by: [])).first?.time ?? Timestamp(nanoseconds: 0)
        var perHour: [String: [Double?]] = [:]
        for row in try rows(.volume, ViewQuery(bucket: .hour, from: day, to: Timestamp(nanoseconds: day.nanoseconds + Self.day)))
        {
            guard let time = row.time, let signal = row["signal"]?.text else { continue }
            let hour = Int((time.nanoseconds - day.nanoseconds) / Self.hour)
            perHour[signal, default: [Double?](repeating: nil, count: 24)][hour] = row["events"]?.number
        }
        let date = RFC3339.text(day).prefix(10)
        var table = Table(["signal", "events", "share", "by hour on \(date)"], numbers: ["events", "share"])
        for row in all.sorted(by: { ($0["events"]?.number ?? 0) > ($1["events"]?.number ?? 0) }) {
            let signal = row["signal"]?.text ?? ""
            let events = row["events"]?.number ?? 0
            table.add([
                signal, Int(events).grouped, (100 * events / total).fixed(1) + " %", Sparkline.text(perHour[signal] ?? []),
            ])
        }
        return "volume: what happens\n" + table.text(indent: "  ") + "\n"
    }

    /// The hours of the incident, and three before and after.
    private func window(_ incident: FoundIncident, _ by: [String], _ filters: [DimensionFilter]) -> ViewQuery {
        ViewQuery(
            bucket: .hour, by: by, where: filters,
            from: Timestamp(nanoseconds: incident.hours.lowerBound.nanoseconds - 3 * Self.hour),
            to: Timestamp(nanoseconds: incident.hours.upperBound.nanoseconds + 4 * Self.hour))
    }

    private func rollbacks(_ incident: FoundIncident) throws -> String {
        let here = [DimensionFilter("component", incident.component)]
        let start = incident.day
        let end = Timestamp(nanoseconds: start.nanoseconds + Self.day)
        let dayRows = try rows(.rollbackRate, ViewQuery(bucket: .hour, where: here, from: start, to: end))
        var table = Table(["hour (UTC)", "started", "rollbacks", "rate", ""], numbers: ["started", "rollbacks", "rate"])
        for row in try rows(.rollbackRate, window(incident, ["component"], here)) {
            guard let time = row.time, let rate = row["rollback_rate"]?.number else { continue }
            table.add([
                ViewFormat.short(time), ViewFormat.text(row["started"] ?? .null), ViewFormat.text(row["rollbacks"] ?? .null),
                (100 * rate).fixed(1) + " %", mark(time, incident),
            ])
        }
        let bars = Sparkline.text(dayRows.map { $0["rollback_rate"]?.number })
        let others = incident.others.isEmpty ? "" : "; so does " + incident.others.joined(separator: ", ")
        return "rollback_rate: \(incident.component) stands out\(others)\n" + table.text(indent: "  ")
            + "  \(bars)  the rate by hour on \(RFC3339.text(start).prefix(10))\n\n"
    }

    private func latency(_ incident: FoundIncident) throws -> String {
        let here = [DimensionFilter("component", incident.component)]
        var table = Table(["hour (UTC)", "count", "p50 ms", "p95 ms", "", " "], numbers: ["count", "p50 ms", "p95 ms"])
        let found = try rows(.latency, window(incident, [], here))
        let worst = found.compactMap { $0["p95_ms"]?.number }.max() ?? 1
        for row in found {
            guard let time = row.time, let p50 = row["p50_ms"]?.number, let p95 = row["p95_ms"]?.number else { continue }
            let bar = String(repeating: "█", count: max(1, Int(p95 / worst * 24)))
            table.add([
                ViewFormat.short(time), ViewFormat.text(row["count"] ?? .null), p50.fixed(1), p95.fixed(1), bar,
                mark(time, incident),
            ])
        }
        return "latency: \(incident.component), everything that was timed\n" + table.text(indent: "  ") + "\n"
    }

    private func mark(_ time: Timestamp, _ incident: FoundIncident) -> String {
        incident.hours.contains(time) ? "◀ incident" : ""
    }

    private static let hour: Int64 = 3_600_000_000_000
    private static let day = 24 * hour
}

/// The hours in which a component rolled back far more often than the average of all: found in the view, not known in advance.
struct FoundIncident {
    let component: String
    /// Other components that stand out in the same hours.
    let others: [String]
    /// The starts of its first and last hour.
    let hours: ClosedRange<Timestamp>

    /// The preceding midnight, UTC.
    var day: Timestamp {
        Timestamp(nanoseconds: BucketLevel.day.start(of: BucketLevel.day.bucket(of: hours.lowerBound.nanoseconds)) ?? 0)
    }

    init?(_ rows: [ViewRow]) {
        let started = rows.reduce(0) { $0 + ($1["started"]?.number ?? 0) }
        let rolledBack = rows.reduce(0) { $0 + ($1["rollbacks"]?.number ?? 0) }
        guard started > 0 else { return nil }
        let usual = rolledBack / started
        let hot = rows.filter { row in
            guard let rate = row["rollback_rate"]?.number, let count = row["rollbacks"]?.number else { return false }
            return rate > 5 * usual && count >= 5
        }
        guard let worst = hot.max(by: { ($0["rollbacks"]?.number ?? 0) < ($1["rollbacks"]?.number ?? 0) }),
            let component = worst["component"]?.text, let time = worst.time
        else { return nil }
        let hour: Int64 = 3_600_000_000_000
        let times = Set(hot.filter { $0["component"]?.text == component }.compactMap { $0.time?.nanoseconds })
        var (first, last) = (time.nanoseconds, time.nanoseconds)
        while times.contains(first - hour) { first -= hour }
        while times.contains(last + hour) { last += hour }
        let range = Timestamp(nanoseconds: first)...Timestamp(nanoseconds: last)
        let inside = hot.filter { $0.time.map(range.contains) ?? false }
        self.component = component
        others = Set(inside.compactMap { $0["component"]?.text }).subtracting([component]).sorted()
        hours = range
    }
}
