import VarveEvents
import VarveProjections
import VarveViews
import VarveWire

/// The rows of an answer as JSON, CSV or a table.
struct ViewFormat {
    private let columns: [String]
    private let numbers: Set<String>
    private let rows: [ViewRow]
    private let zone: BucketZone

    init(_ answer: ViewAnswer) {
        columns = answer.columns.map(\.name)
        numbers = Set(answer.columns.filter { $0.kind == .integer || $0.kind == .number }.map(\.name))
        rows = answer.rows
        zone = answer.zone
    }

    init(_ answer: QueryAnswer) {
        columns = answer.request.columns
        numbers = Set(columns).subtracting(answer.request.dimensions).subtracting(["time"])
        rows = answer.rows
        zone = .utc
    }

    func print(json: Bool, csv: Bool) throws {
        if json {
            try printJSON()
        } else if csv {
            try printCSV()
        } else {
            try printTable()
        }
    }

    private var objects: some Sequence<String> {
        rows.lazy.map { row in
            var line = JSONLine()
            if let time = row.time { line.field("time", zone.text(time)) }
            for value in row.values { line.field(value.name, json: value.value.json) }
            // Only where there are any, so that rows of other views have the columns that they always had.
            for count in row.leftOut { line.field(count.name + ViewRow.leftOutSuffix, count.count) }
            return line.text
        }
    }

    func printJSON() throws { try Output.standard.array(objects) }

    /// One JSON object on each line.
    func printLines() throws {
        for object in objects { try Output.standard.line(object) }
    }

    /// One JSON object of all that is known of the answer, its rows at the end.
    func printEnvelope(_ answer: ViewAnswer) throws {
        var line = JSONLine()
        line.field("view", answer.view)
        line.field("version", answer.version)
        line.field("offset", answer.offset.value)
        line.field("time", answer.time.map { RFC3339.text($0) })
        line.field("durable", answer.durable.value)
        line.field("behind_events", answer.behindEvents)
        line.field("frozen", answer.isFrozen)
        line.field("kept_by", answer.keptBy)
        line.field("from", answer.from.map { answer.zone.text($0) })
        line.field("to", answer.to.map { answer.zone.text($0) })
        line.field("range_as_asked", !answer.isOtherRange)
        line.field("complete_from", answer.completeFrom.value)
        line.field("gaps", json: Self.list(answer.gaps.map(Self.object)))
        line.field("folded_into_other", answer.folded)
        line.field("left_out", json: Self.counts(answer.leftOut))
        line.field("rows_dropped", answer.rowsDropped)
        line.field("rows", json: "")
        try Output.standard.write(String(line.text.dropLast()))
        try Output.standard.array(objects, end: "]}")
    }

    private static func list(_ objects: [String]) -> String { "[" + objects.joined(separator: ",") + "]" }

    private static func object(_ gap: Gap) -> String {
        var line = JSONLine()
        line.field("first", gap.offsets.lowerBound)
        line.field("end", gap.offsets.upperBound)
        line.field("reason", gap.reason)
        return line.text
    }

    private static func counts(_ counts: [NamedCount]) -> String {
        var line = JSONLine()
        for count in counts { line.field(count.name, count.count) }
        return line.text
    }

    /// RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe in front.
    func printCSV() throws {
        try Output.standard.write(columns.joined(separator: ",") + "\r\n")
        for row in rows {
            var fields = row.time.map { [zone.text($0)] } ?? []
            for value in row.values { fields.append(Self.field(value.value)) }
            try Output.standard.write(fields.joined(separator: ",") + "\r\n")
        }
    }

    func printTable() throws {
        guard !rows.isEmpty else { return try Output.standard.line("no rows") }
        var table = Table(columns, numbers: numbers)
        for row in rows {
            let time = row.time.map { [Self.short($0, zone)] } ?? []
            table.add(time + row.values.map { Self.text($0.value) })
        }
        try Output.standard.write(table.text())
    }

    private static func field(_ value: ViewValue) -> String {
        switch value {
        case .string(let text): CSVField.safe(text)
        case .top: CSVField.safe(value.text ?? "")
        default: value.text ?? ""
        }
    }

    /// `2026-01-21 14:00`, or of a named zone `2026-01-21 15:00 +01:00`.
    static func short(_ time: Timestamp, _ zone: BucketZone = .utc) -> String {
        let text = zone.text(time)
        return String(text.prefix(16)).replacing("T", with: " ") + (zone == .utc ? "" : " " + text.suffix(6))
    }

    static func text(_ value: ViewValue) -> String {
        switch value {
        case .null: "-"
        case .int(let number): number.grouped
        case .double(let number): number.fixed(abs(number) < 10 ? 4 : 1)
        case .bool, .decimal, .string, .time, .top: value.text ?? "-"
        }
    }
}

extension ViewValue {
    /// As JSON text.
    var json: String {
        var writer = JSONWriter()
        switch self {
        case .null: return "null"
        case .bool(let flag): return flag ? "true" : "false"
        case .int(let number): return String(number)
        case .double(let number): writer.double(number)
        case .decimal(let micros): return ViewValue.decimalText(micros)
        case .string(let text): writer.string(text)
        case .time(let time): writer.string(RFC3339.text(time))
        case .top(let entries):
            return "[" + entries.map { "[\($0.value.json),\($0.count)]" }.joined(separator: ",") + "]"
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension Output {
    /// A JSON array with one object on each line, and a line's end.
    func array(_ objects: some Sequence<String>, end: String = "]") throws {
        var isFirst = true
        try write("[")
        for object in objects {
            try write((isFirst ? "\n" : ",\n") + object)
            isFirst = false
        }
        try line((isFirst ? "" : "\n") + end)
    }
}
