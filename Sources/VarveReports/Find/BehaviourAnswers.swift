internal import VarveAnalysis
internal import VarveEvents
internal import VarveLog
internal import VarveProjections
internal import VarveWire

/// What people do: creators, journeys through steps, groups of users.
enum BehaviourAnswers {
    /// Unusual days of creators, batches that a program could do, and quiet hours (F17).
    static func creators(_ rows: AnalysisRows, _ question: AnalysisQuestion) throws -> AnalysisAnswer {
        let signals = question.texts("signal").isEmpty ? ["creator.action"] : question.texts("signal")
        let range = try question.range(rows)
        var days: [String: [(Timestamp, Int)]] = [:]
        for row in try rows.query(question.query(signals, by: ["user"], bucket: .day), asOf: question.asOf) {
            guard let time = row.time, let name = row["user"]?.text else { continue }
            days[name, default: []].append((time, Int(row["count"]?.int ?? 0)))
        }
        let numbers: Set<String> = ["actions", "usual", "deviations"]
        var unusual = AnalysisTable(
            "unusual days", ["user", "day", "actions", "usual", "deviations"], numbers: numbers, empty: "no unusual days")
        for (name, counts) in days.sorted(by: { $0.key < $1.key }) {
            for day in ActivityDay.find(name, Insights.series(counts, range, .day)) {
                unusual.add([
                    .string(name), .string(Plain.day(day.day)), .number(day.value), .number(day.usual), .number(day.deviations),
                ])
            }
        }
        let batches = try batches(rows, question, signals)
        let quiet = try quietTable(rows, question, signals)
        var line = JSONLine()
        line.field("unusual", json: unusual.json)
        line.field("automation", json: batches.json)
        line.field("quiet", json: quiet.json)
        return AnalysisAnswer(.object(line.text), [unusual, batches, quiet])
    }

    private static func batches(
        _ rows: AnalysisRows, _ question: AnalysisQuestion, _ signals: [String]
    ) throws -> AnalysisTable {
        var acts: [RepeatedBatch.Act] = []
        let request = question.query(signals, by: ["user", "action", "items"], bucket: .minute)
        for row in try rows.query(request, asOf: question.asOf) {
            guard let time = row.time, let name = row["user"]?.text, let size = row["items"]?.number, size > 1 else { continue }
            acts.append(RepeatedBatch.Act(name: name, action: row["action"]?.text ?? "-", size: size, time: time))
        }
        let numbers: Set<String> = ["items", "times", "total_items", "every_s"]
        var table = AnalysisTable(
            "automation candidates", ["user", "action", "items", "times", "total_items", "every_s", "regular", "first", "last"],
            numbers: numbers, empty: "no repeated batches")
        for one in RepeatedBatch.find(acts).prefix(50) {
            table.add([
                .string(one.name), .string(one.action), .number(one.size), .count(one.count), .number(one.total),
                .number(one.every), .bool(one.isRegular), .string(one.first.text), .string(one.last.text),
            ])
        }
        return table
    }

    /// Hours of the week in which the fewest events come.
    static func quiet(_ rows: AnalysisRows, _ question: AnalysisQuestion) throws -> AnalysisAnswer {
        AnalysisAnswer(try quietTable(rows, question, question.texts("signal")))
    }

    private static func quietTable(
        _ rows: AnalysisRows, _ question: AnalysisQuestion, _ signals: [String]
    ) throws -> AnalysisTable {
        let length = try question.number("hours", 2, in: 1...48)
        var counts: [(Timestamp, Int)] = []
        for row in try rows.query(question.query(signals, by: [], bucket: .hour), asOf: question.asOf) {
            if let time = row.time { counts.append((time, Int(row["count"]?.int ?? 0))) }
        }
        let points = Insights.series(counts, try question.range(rows), .hour)
        let numbers: Set<String> = ["hours", "expected_events", "most_events", "share_of_average"]
        var table = AnalysisTable(
            "quiet windows (UTC)", ["weekday", "from", "hours", "expected_events", "most_events", "share_of_average"],
            numbers: numbers, empty: "no quiet windows: fewer than \(length) hours of data")
        for window in QuietWindow.find(points, length: length, count: try question.number("top", 3, in: 1...168)) {
            let hour = window.hour % 24
            table.add([
                .string(Plain.weekdays[window.hour / 24]), .string((hour < 10 ? "0" : "") + "\(hour):00"), .count(length),
                .number(window.expected), .number(window.most), .number(window.share),
            ])
        }
        return table
    }

    /// How many sessions got how far through steps (B46). A step is `SIGNAL` or `SIGNAL:FIELD=VALUE`.
    static func journeys(_ rows: AnalysisRows, _ question: AnalysisQuestion) throws -> AnalysisAnswer {
        let texts = question.list("steps")
        guard (2...20).contains(texts.count) else { throw AnalysisError(.usage, "steps must name 2 to 20 steps") }
        var steps: [(signal: String, condition: FieldCondition?)] = []
        for text in texts {
            let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
            do {
                steps.append((parts.first ?? text, try parts.dropFirst().first.map { try FieldCondition(parsing: $0) }))
            } catch { throw AnalysisError(.usage, "\(error)") }
        }
        var filter = LogFilter()
        filter.signals = Array(Set(steps.map(\.signal)))
        filter.conditions = question.conditions
        (filter.from, filter.to) = (question.from, question.to)
        var visits: [String: [Journey.Visit]] = [:]
        try rows.events(filter) { event in
            guard let session = event.session else { return }
            for (number, step) in steps.enumerated() where Glob(step.signal).matches(event.signal) {
                if let condition = step.condition, !condition.holds(event.value(of: condition.field)) { continue }
                visits[session, default: []].append(Journey.Visit(time: event.time, step: number))
            }
        }
        let found = Journey(texts, visits: Array(visits.values))
        let numbers: Set<String> = ["sessions", "continued", "share", "left", "median_s", "p95_s"]
        var table = AnalysisTable(
            nil, ["step", "sessions", "continued", "share", "left", "median_s", "p95_s"], numbers: numbers)
        for step in found.steps {
            table.add([
                .string(step.name), .count(step.sessions), .number(step.continued), .number(step.share), .count(step.left),
                .number(step.median), .number(step.p95),
            ])
        }
        let whole = found.median.map { ", in \(Plain.duration($0)) (median)" } ?? ""
        let started = found.steps.first?.sessions ?? 0
        return AnalysisAnswer(
            table, lines: ["\(found.completed) of \(started) sessions went from the first step to the last\(whole)"])
    }

    /// Users in groups of similar behaviour (C65): what they did, by signal.
    static func clusters(_ rows: AnalysisRows, _ question: AnalysisQuestion) throws -> AnalysisAnswer {
        let field = question.by.first ?? "user"
        let feature = question.text("feature") ?? "signal"
        var counts: [String: [String: Double]] = [:]
        var totals: [String: Double] = [:]
        let request = question.query(question.texts("signal"), by: [field, feature], bucket: .all)
        for row in try rows.query(request, asOf: question.asOf) {
            guard let name = row[field]?.text, name != ViewValue.otherName, let kind = row[feature]?.text,
                let count = row["count"]?.number
            else { continue }
            counts[name, default: [:]][kind, default: 0] += count
            totals[kind, default: 0] += count
        }
        let features = totals.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(24).map(\.key)
        let names = counts.keys.sorted().prefix(50_000)
        let matrix = names.map { name in features.map { counts[name]?[$0] ?? 0 } }
        let wanted = question.text("groups") == nil ? nil : try question.number("groups", 3, in: 1...8)
        guard let found = UserClusters(matrix, count: wanted) else {
            throw AnalysisError(.failure, "there are too few \(field)s that differ", next: "choose a longer range of time")
        }
        let numbers: Set<String> = ["members", "share", "events"]
        var table = AnalysisTable(nil, ["group", "members", "share", "events", "marks", "examples"], numbers: numbers)
        for (number, cluster) in found.clusters.enumerated() {
            let marks = cluster.marks.prefix(3).filter { abs($0.deviation) >= 0.3 }.map { mark in
                let mean = Plain.number(cluster.means[mark.feature])
                return "\(mark.deviation > 0 ? "more" : "less") \(features[mark.feature]) (\(mean) each)"
            }
            table.add([
                .count(number + 1), .count(cluster.members.count), .number(Double(cluster.members.count) / Double(names.count)),
                .number(cluster.means.reduce(0, +)), .string(marks.isEmpty ? "as all others" : marks.joined(separator: ", ")),
                .string(cluster.members.prefix(3).map { names[$0] }.joined(separator: ", ")),
            ])
        }
        return AnalysisAnswer(
            table, lines: ["separation (mean silhouette, 1 is perfect): \(Plain.fixed(found.silhouette, 2))"])
    }
}

extension Event {
    /// A field as conditions name it.
    fileprivate func value(of field: String) -> Value? {
        switch field {
        case "component": component.map { .string($0) }
        case "user": user.map { .string($0) }
        case "session": session.map { .string($0) }
        case "signal": .string(signal)
        default: self[attribute: field.hasPrefix("data.") ? String(field.dropFirst(5)) : field]
        }
    }
}
