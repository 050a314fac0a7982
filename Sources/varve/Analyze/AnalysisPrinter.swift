import VarveProjections
import VarveReports

/// Prints the answer of an analysis: JSON, or tables and sentences.
enum AnalysisPrinter {
    static func print(_ answer: AnalysisAnswer, json: Bool) throws {
        if json {
            switch answer.body {
            case .array(let objects): try Output.standard.array(objects)
            case .object(let text): try Output.standard.line(text)
            }
        } else {
            for (number, table) in answer.tables.enumerated() {
                if number > 0 { try Output.standard.line() }
                try print(table)
            }
            for line in answer.lines { try Output.standard.line(line) }
        }
        try Output.standard.flush()
        for note in answer.notes { Output.error("note: \(note)\n") }
    }

    private static func print(_ table: AnalysisTable) throws {
        guard !table.rows.isEmpty else { return try Output.standard.line(table.empty) }
        if let title = table.title { try Output.standard.line("\(title):") }
        var text = Table(table.columns, numbers: table.numbers)
        for row in table.rows { text.add(row.map { ViewFormat.text($0) }) }
        try Output.standard.write(text.text())
    }
}
