import VarveEvents
import VarveProjections
import VarveWire

/// Rows of a view as JSON, CSV or a table.
struct ViewFormat {
    /// The names of the columns: time, dimensions asked for, measures, derived columns.
    private let columns: [String]
    private let dimensions: Set<String>
    private let hasTime: Bool

    init(_ definition: ViewDefinition, _ query: ViewQuery) {
        let shown = definition.dimensions.map(\.name).filter { query.by?.contains($0) ?? true }
        hasTime = query.bucket != .all
        dimensions = Set(shown)
        columns = (hasTime ? ["time"] : []) + shown + definition.columnNames
    }

    /// Of a table of a sequential projection: columns that hold numbers in every row are set to the right.
    init(_ table: SequentialTable, _ rows: [ViewRow]) {
        columns = table.columns
        hasTime = false
        dimensions = Set(
            table.columns.filter { name in rows.contains { row in row[name].map { $0 != .null && $0.number == nil } ?? false } })
    }

    func printJSON(_ rows: [ViewRow]) throws {
        try Output.standard.array(
            rows.lazy.map { row in
                var line = JSONLine()
                if let time = row.time { line.field("time", RFC3339.text(time)) }
                for value in row.values { line.field(value.name, json: value.value.json) }
                return line.text
            })
    }

    /// One JSON object on each line.
    func printLines(_ rows: [ViewRow]) throws {
        for row in rows {
            var line = JSONLine()
            if let time = row.time { line.field("time", RFC3339.text(time)) }
            for value in row.values { line.field(value.name, json: value.value.json) }
            try Output.standard.line(line.text)
        }
    }

    /// RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe in front.
    func printCSV(_ rows: [ViewRow]) throws {
        try Output.standard.write(all(rows).joined(separator: ",") + "\r\n")
        for row in rows {
            var fields = row.time.map { [RFC3339.text($0)] } ?? []
            for value in row.values { fields.append(Self.field(value.value)) }
            try Output.standard.write(fields.joined(separator: ",") + "\r\n")
        }
    }

    func printTable(_ rows: [ViewRow]) throws {
        guard !rows.isEmpty else { return try Output.standard.line("no rows") }
        let columns = all(rows)
        var table = Table(columns, numbers: Set(columns).subtracting(dimensions).subtracting(["time"]))
        for row in rows {
            let time = row.time.map { [Self.short($0)] } ?? []
            table.add(time + row.values.map { Self.text($0.value) })
        }
        try Output.standard.write(table.text())
    }

    /// The columns, and those that rows have besides: what a sum left out.
    private func all(_ rows: [ViewRow]) -> [String] {
        guard let row = rows.first else { return columns }
        return columns + row.values.dropFirst(columns.count - (row.time == nil ? 0 : 1)).map(\.name)
    }

    private static func field(_ value: ViewValue) -> String {
        switch value {
        case .string(let text): CSVField.safe(text)
        case .top: CSVField.safe(value.text ?? "")
        default: value.text ?? ""
        }
    }

    /// `2026-01-21 14:00`.
    static func short(_ time: Timestamp) -> String {
        String(RFC3339.text(time).prefix(16)).replacing("T", with: " ")
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
    /// A JSON array with one object on each line.
    func array(_ objects: some Sequence<String>) throws {
        var isFirst = true
        try write("[")
        for object in objects {
            try write((isFirst ? "\n" : ",\n") + object)
            isFirst = false
        }
        try line(isFirst ? "]" : "\n]")
    }
}
