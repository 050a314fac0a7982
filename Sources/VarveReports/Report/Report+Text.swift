internal import VarveEvents
internal import VarveProjections
internal import VarveWire

extension Report {
    public func text(_ format: ReportFormat) -> String {
        switch format {
        case .markdown: markdown
        case .html: html
        case .json: json
        }
    }

    var origin: String { "Made from the events below offset \(offset)." }

    private var markdown: String {
        var text = "# \(title)\n\n"
        for sentence in summary { text += "- \(Self.escaped(sentence))\n" }
        if !actions.isEmpty {
            text += "\n## What to do\n"
            for (number, action) in actions.enumerated() {
                text += "\n\(number + 1). **\(action.impact.rawValue) impact, \(action.type)**: \(Self.escaped(action.text))\n\n"
                text += Self.table(action.evidence)
            }
        }
        for section in sections {
            text += "\n## \(Self.escaped(section.title))\n\n"
            text += section.sentences.map { Self.escaped($0) + "\n" }.joined()
            for table in section.tables {
                text += "\n" + (table.title.map { "\(Self.escaped($0)):\n\n" } ?? "") + Self.table(table)
            }
            if !section.links.isEmpty {
                text += "\nSee " + section.links.map { "[\(Self.escaped($0.text))](\($0.path))" }.joined(separator: ", ") + ".\n"
            }
        }
        return text + "\n\(origin)\n"
    }

    private static func table(_ table: AnalysisTable) -> String {
        guard !table.rows.isEmpty else { return table.empty + "\n" }
        var text = "| " + table.columns.map { words($0) }.joined(separator: " | ") + " |\n|"
        text += table.columns.map { table.numbers.contains($0) ? "---:|" : "---|" }.joined() + "\n"
        for row in table.rows { text += "| " + row.map { escaped(cell($0)) }.joined(separator: " | ") + " |\n" }
        return text
    }

    static func words(_ column: String) -> String { column.replacing("_", with: " ") }

    static func cell(_ value: ViewValue) -> String {
        switch value {
        case .null: "–"
        case .bool(let flag): flag ? "yes" : "no"
        case .int(let number): Plain.grouped(Double(number))
        case .double(let number): Plain.number(number)
        case .string(let text): text
        default: value.text ?? "–"
        }
    }

    /// What Markdown would take for markup, made plain.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            if "\\`*[]<>|".contains(character) { result += "\\" }
            result.append(character == "\n" || character == "\r" ? " " : character)
        }
        return result
    }

    private var json: String {
        var line = JSONLine()
        line.field("report", kind.rawValue)
        line.field("title", title)
        line.field("from", range.lowerBound.text)
        line.field("to", range.upperBound.text)
        line.field("against_from", against?.lowerBound.text)
        line.field("against_to", against?.upperBound.text)
        line.field("offset", offset)
        line.field("summary", json: JSONLine.array(summary.map(JSONLine.string)))
        let actions = actions.enumerated().map { number, action in
            var object = JSONLine()
            object.field("priority", number + 1)
            object.field("type", action.type)
            object.field("impact", action.impact.rawValue)
            object.field("text", action.text)
            object.field(action.evidenceName, json: action.evidence.json)
            return object.text
        }
        line.field("actions", json: JSONLine.array(actions))
        line.field("sections", json: JSONLine.array(sections.map(Self.object)))
        return line.text + "\n"
    }

    private static func object(_ section: ReportSection) -> String {
        var object = JSONLine()
        object.field("id", section.id)
        object.field("title", section.title)
        object.field("sentences", json: JSONLine.array(section.sentences.map(JSONLine.string)))
        let tables = section.tables.map { table in
            var line = JSONLine()
            line.field("title", table.title)
            line.field("rows", json: table.json)
            return line.text
        }
        object.field("tables", json: JSONLine.array(tables))
        let links = section.links.map { link in
            var line = JSONLine()
            line.field("text", link.text)
            line.field("path", link.path)
            return line.text
        }
        object.field("links", json: JSONLine.array(links))
        return object.text
    }
}
