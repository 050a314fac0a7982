import VarveEvents
import VarveProjections

/// `docs/catalog.md`: every signal and every view, generated from the data that the program uses.
public enum CatalogDocument {
    public static var text: String {
        var page = MarkdownPage("Catalog of signals and views")
        page.paragraph(
            """
            Generated from `Sources/VarveCatalog`; a test compares. Shares are fractions (0.05 is 5 %) and short times \
            milliseconds, whatever unit a system's own documents use. Signals that are not listed here are accepted \
            too.
            """)
        page.paragraph(
            """
            Fields: *req.* means required; braces list the allowed texts; *privacy* is one of operational \
            (nothing about a person), pseudonymous (distinguishes persons), personal and content (free text).
            """)
        for system in CatalogSystem.allCases {
            page.heading(2, system.title)
            for signal in Catalog.signals(of: system) { add(signal, to: &page) }
        }
        page.heading(2, "Views")
        page.paragraph(
            """
            `varve project` maintains all of them; `varve view show NAME` reads one. A view whose signals are absent \
            folds nothing. Columns without a state of their own are computed when a row is shown.
            """)
        for system in CatalogSystem.allCases {
            page.heading(3, system.title)
            for view in Catalog.views(of: system) { add(view, to: &page) }
        }
        page.heading(2, "Sequential views")
        page.paragraph(
            """
            Things with a status, sessions, and views that depend on the previous event: `docs/views.md` describes how they \
            are folded. `varve view show NAME --table TABLE` reads one of the tables; with `--at` as of any offset.
            """)
        for view in Catalog.describedSequentialViews { add(view, to: &page) }
        return page.text
    }

    private static func add(_ view: SequentialView, to page: inout MarkdownPage) {
        page.heading(4, "`\(view.name)`")
        let names = view.projection.signals.names.map { "`\($0)`" }.joined(separator: ", ")
        let signals = (view.projection as? EntityDefinition).map { entity in
            Set(entity.rules.flatMap(\.signals.names)).sorted().map { "`\($0)`" }.joined(separator: ", ")
        }
        let from = signals ?? (names.isEmpty ? "every signal" : names)
        page.paragraph("\(view.meaning). From \(from). (\(view.requirements.joined(separator: ", ")))")
        page.table(
            ["table", "columns"],
            view.projection.tables.map { table in
                ["`\(table.name)`", table.columns.map { "`\($0)`" }.joined(separator: ", ")]
            })
    }

    private static func add(_ signal: SignalDescription, to page: inout MarkdownPage) {
        page.heading(3, "`\(signal.name)`")
        var facts = ["\(signal.meaning). Retention: \(signal.retention.rawValue)."]
        if !signal.dedupKey.isEmpty { facts.append("Identified by: \(signal.dedupKey.joined(separator: ", ")).") }
        facts.append("(\(signal.requirements.joined(separator: ", ")))")
        page.paragraph(facts.joined(separator: " "))
        guard !signal.fields.isEmpty else { return }
        page.table(
            ["field", "type", "unit", "req.", "default", "privacy", "meaning"],
            signal.fields.map { field in
                let meaning = [field.meaning, field.allowed.isEmpty ? "" : "{\(field.allowed.joined(separator: ", "))}"]
                return [
                    "`\(field.name)`", field.type.rawValue, field.unit?.rawValue ?? "", field.isRequired ? "yes" : "",
                    field.defaultText ?? "", field.privacy.rawValue, meaning.filter { !$0.isEmpty }.joined(separator: " "),
                ]
            })
    }

    private static func add(_ view: CatalogView, to page: inout MarkdownPage) {
        page.heading(4, "`\(view.name)`")
        let definition = view.definition
        let dimensions = definition.dimensions.map { "`\($0.name)`" }.joined(separator: ", ")
        let names = definition.signals.names.map { "`\($0)`" } + definition.signals.prefixes.map { "`\($0)…`" }
        var text = "\(view.meaning). From \(names.isEmpty ? "every signal" : names.joined(separator: ", "))"
        text += definition.filter.map { ", where \(Formula.text($0))" } ?? ""
        text += dimensions.isEmpty ? "; no dimensions." : "; by \(dimensions)."
        if definition.permanentLevel == .day { text += " Stored by day." }
        page.paragraph(text + " (\(view.requirements.joined(separator: ", ")))")
        page.table(
            ["column", "unit", "formula", "healthy", "alert"],
            view.metrics.map { metric in
                [
                    "`\(metric.column)`", metric.unit?.rawValue ?? "", metric.formula,
                    metric.bounds.healthy.map { "\($0)" } ?? "",
                    metric.bounds.alert.map { "\($0)" } ?? "",
                ]
            })
    }
}

/// A page of Markdown, built from top to bottom.
struct MarkdownPage {
    private(set) var text: String { didSet { isInList = false } }
    private var isInList = false

    init(_ title: String) {
        text = "# \(title)\n"
    }

    mutating func heading(_ level: Int, _ title: String) {
        text += "\n\(String(repeating: "#", count: level)) \(title)\n"
    }

    mutating func paragraph(_ words: String) {
        text += "\n\(words)\n"
    }

    /// A list item.
    mutating func item(_ words: String) {
        text += (text.hasSuffix("|\n") || !isInList ? "\n" : "") + "- \(words)\n"
        isInList = true
    }

    mutating func table(_ header: [String], _ rows: [[String]]) {
        text += "\n" + line(header) + line(header.map { _ in "---" })
        for row in rows { text += line(row) }
    }

    private func line(_ cells: [String]) -> String {
        "| "
            + cells.map { $0.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|") }.joined(
                separator: " | ")
            + " |\n"
    }
}
