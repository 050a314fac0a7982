import VarveEvents
import VarveLog
import VarveProjections
import VarveViews
import VarveWire
import VarveWorkspace

/// Prints the rows of an answer as JSON, CSV or a table.
struct ViewFormat {
    private let columns: [String]
    private let numbers: Set<String>
    private let rows: [ViewRow]
    private let zone: BucketZone
    private let text: AnswerText

    init(_ answer: ViewAnswer) {
        text = AnswerText(answer)
        columns = answer.columns.map(\.name)
        numbers = Set(answer.columns.filter { $0.kind == .integer || $0.kind == .number }.map(\.name))
        rows = answer.rows
        zone = answer.zone
    }

    init(_ answer: QueryAnswer) {
        text = AnswerText(answer)
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

    func printJSON() throws { try Output.standard.array(text.objects) }

    /// One JSON object per line.
    func printLines() throws {
        for object in text.objects { try Output.standard.line(object) }
    }

    /// One JSON object with the metadata of the answer and its rows.
    func printEnvelope(_ answer: ViewAnswer) throws {
        try Output.standard.write("{" + AnswerEnvelope.members(answer) + ",\"rows\":")
        try Output.standard.array(text.objects, end: "]}")
    }

    /// The same object for an ad hoc query.
    func printEnvelope(_ answer: QueryAnswer) throws {
        try Output.standard.write("{" + AnswerEnvelope.members(answer) + ",\"rows\":")
        try Output.standard.array(text.objects, end: "]}")
    }

    /// RFC 4180. A text that a spreadsheet would treat as a formula is prefixed with an apostrophe.
    func printCSV() throws {
        for line in text.csvLines { try Output.standard.write(line) }
    }

    func printTable() throws {
        guard !rows.isEmpty else { return try Output.standard.line("no rows") }
        let leftOut = text.leftOutColumns
        var table = Table(columns + leftOut, numbers: numbers.union(leftOut))
        for row in rows {
            let time = row.time.map { [Self.short($0, zone)] } ?? []
            table.add(time + row.values.map { Self.text($0.value) } + text.leftOut(row).map(\.grouped))
        }
        try Output.standard.write(table.text())
    }

    /// `2026-01-21 14:00`, or for a named zone `2026-01-21 15:00 +01:00`.
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

extension Output {
    /// A JSON array with one object per line, and a newline.
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
