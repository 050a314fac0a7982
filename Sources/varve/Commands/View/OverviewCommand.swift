import ArgumentParser
import VarveEvents
import VarveProjections
import VarveViews
import VarveWire

struct OverviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "overview", abstract: "Summarise a log: signals, numbers, frequent values, and what stands out.",
        discussion: """
            Reads every event and needs no view. An hour stands out if its number of
            events, its share of a value, or its 95th percentile lies outside the range of
            nine in ten comparable hours, by more than those hours differ among themselves.

              varve overview --data data
              varve overview --data data --json
            """)

    @OptionGroup var data: DataOption
    @OptionGroup var threads: ThreadsOption
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let overview = try LogOverview.run(at: data.path, threads: threads.count)
        if json { try Output.standard.line(OverviewText.json(overview)) } else { try OverviewText.print(overview, data: data) }
        try Output.standard.flush()
        if !json { Output.error(AnswerNotes.freshness(overview.offset, of: overview.offset, overview.time) + "\n") }
        let damage = DamageNotes()
        overview.damaged.forEach(damage.add)
        try damage.finish()
    }
}

/// An overview as text and as JSON.
private enum OverviewText {
    static func print(_ overview: Overview, data: DataOption) throws {
        guard let first = overview.first, let last = overview.last else {
            try Output.standard.line("no events")
            if let expired = expired(overview) { try Output.standard.line(expired) }
            return
        }
        try Output.standard.line(
            "\(overview.events.grouped) events, from \(RFC3339.text(first)) to \(RFC3339.text(last))")
        if let expired = expired(overview) { try Output.standard.line(expired) }
        try Output.standard.line()
        try Output.standard.write(signals(overview).text())
        if !overview.numbers.isEmpty {
            try Output.standard.line()
            try Output.standard.write(numbers(overview).text())
        }
        if !overview.values.isEmpty {
            try Output.standard.line()
            try Output.standard.write(values(overview).text())
        }
        try Output.standard.line()
        if overview.notes.isEmpty { return try Output.standard.line("No hour stands out from the others.") }
        try Output.standard.line("What stands out (hours in UTC)")
        for note in overview.notes {
            try Output.standard.line("  \(SafeText.escape(note.text))")
            let named = data.given.map { " --data \($0)" } ?? ""
            try Output.standard.line("    varve query\(named) \(SafeText.escape(note.query))")
        }
    }

    /// What retention has removed, and so is not in the numbers below.
    private static func expired(_ overview: Overview) -> String? {
        let count = overview.retained.value
        guard count > 0 else { return nil }
        let since = overview.retainedSince.map { "; what is left was appended since \(RFC3339.text($0))" } ?? ""
        return "Retention has removed \(count.grouped) offset\(count == 1 ? "" : "s"), those before R = \(count)\(since)."
    }

    private static func signals(_ overview: Overview) -> Table {
        var table = Table(["signal", "events", "a day", "first", "last"], numbers: ["events", "a day"])
        for signal in overview.signals.prefix(30) {
            table.add([
                signal.name, signal.events.grouped, rate(signal), ViewFormat.short(signal.first), ViewFormat.short(signal.last),
            ])
        }
        if overview.signals.count > 30 { table.add(["… and \(overview.signals.count - 30) more", "", "", "", ""]) }
        return table
    }

    /// Events per day between the first and the last; empty for less than a day.
    private static func rate(_ signal: Overview.Signal) -> String {
        let days = (Double(signal.last.nanoseconds) - Double(signal.first.nanoseconds)) / 86_400e9
        return days < 1 ? "-" : Int64((Double(signal.events) / days).rounded()).grouped
    }

    private static func numbers(_ overview: Overview) -> Table {
        var table = Table(["number", "signal", "values", "p50", "p95", "max"], numbers: ["values", "p50", "p95", "max"])
        for number in overview.numbers.prefix(30) {
            let shown = [number.p50, number.p95, number.max].map { ViewFormat.text($0) }
            table.add([number.field, number.signal, number.count.grouped] + shown)
        }
        if overview.numbers.count > 30 { table.add(["… and \(overview.numbers.count - 30) more", "", "", "", "", ""]) }
        return table
    }

    private static func values(_ overview: Overview) -> Table {
        var table = Table(["field", "different", "most frequent"], numbers: ["different"])
        for values in overview.values {
            let top = values.top.map { "\(shortened($0.value)) \($0.count.grouped)" }.joined(separator: ", ")
            table.add([values.field, values.distinct.grouped, top])
        }
        return table
    }

    private static func shortened(_ text: String) -> String { text.count > 32 ? text.prefix(31) + "…" : text }

    static func json(_ overview: Overview) -> String {
        var line = JSONLine()
        line.field("events", overview.events)
        line.field("offset", overview.offset.value)
        line.field("time", overview.time.map { RFC3339.text($0) })
        line.field("complete_from", overview.retained.value)
        line.field("expired", overview.retained.value)
        line.field("since", overview.retainedSince.map { RFC3339.text($0) })
        line.field("first", overview.first.map { RFC3339.text($0) })
        line.field("last", overview.last.map { RFC3339.text($0) })
        line.field(
            "signals",
            json: list(overview.signals) { signal, line in
                line.field("signal", signal.name)
                line.field("events", signal.events)
                line.field("first", RFC3339.text(signal.first))
                line.field("last", RFC3339.text(signal.last))
            })
        line.field(
            "numbers",
            json: list(overview.numbers) { number, line in
                line.field("field", number.field)
                line.field("signal", number.signal)
                line.field("count", number.count)
                field("p50", number.p50, &line)
                field("p95", number.p95, &line)
                field("max", number.max, &line)
            })
        line.field(
            "values",
            json: list(overview.values) { values, line in
                line.field("field", values.field)
                line.field("distinct", values.distinct)
                line.field(
                    "top",
                    json: list(values.top) { top, line in
                        line.field("value", top.value)
                        line.field("count", top.count)
                    })
            })
        line.field(
            "notes",
            json: list(overview.notes) { note, line in
                line.field("text", note.text)
                line.field("view", note.view)
                var filter = JSONLine()
                for part in note.filter { filter.field(part.field, part.value) }
                line.field("where", json: filter.text)
                line.field("time", RFC3339.text(note.time))
                line.field("query", note.query)
            })
        return line.text
    }

    private static func field(_ name: String, _ value: ViewValue, _ line: inout JSONLine) {
        if case .int(let number) = value { line.field(name, number) } else { line.field(name, value.number) }
    }

    private static func list<Element>(_ elements: [Element], _ fill: (Element, inout JSONLine) -> Void) -> String {
        let objects = elements.map { element in
            var line = JSONLine()
            fill(element, &line)
            return line.text
        }
        return "[" + objects.joined(separator: ",") + "]"
    }
}
