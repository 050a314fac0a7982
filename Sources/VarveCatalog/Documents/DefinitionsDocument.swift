import VarveEvents

/// `docs/definitions.md`: what the words mean, and every number.
public enum DefinitionsDocument {
    public static var text: String {
        var page = MarkdownPage("Definitions")
        page.paragraph(
            """
            Generated from `Sources/VarveCatalog/Definitions`; a test compares. The first table says what words mean \
            that the systems' documents use without a definition; the second holds every number that they fix, each of \
            which stands in one place of the code.
            """)
        page.heading(2, "Words")
        page.table(
            ["word", "meaning", "computed by", "asked for by"],
            Terms.all.map { ["**\($0.name)**", $0.meaning, $0.source, $0.requirements.joined(separator: ", ")] })
        page.heading(2, "Numbers")
        page.table(
            ["name", "value", "unit", "meaning", "asked for by"],
            Numbers.all.map {
                ["`\($0.name)`", $0.valueText, $0.unit?.rawValue ?? "", $0.meaning, $0.requirements.joined(separator: ", ")]
            })
        return page.text
    }
}

/// `docs/wire/<system>.md`: how a system's own records become events.
public enum WireDocument {
    public static func text(of system: CatalogSystem) -> String {
        var page = MarkdownPage("On the wire: \(system.title)")
        page.paragraph(
            """
            Generated from `Sources/VarveCatalog/Signals`; a test compares. *Theirs* is what the system's documents call \
            a field, in camelCase or snake_case alike; *ours* is its name in an event's `data`, or of the envelope. A \
            source record is one event: its kind is the `signal`, its time `time`.
            """)
        page.paragraph(
            """
            Today a collector renames by this table and sends NDJSON; that `ingest` reads the systems' own records as \
            they stand is still to come. Query text is cut to \(Numbers.Atomic.queryText.valueText) characters before it \
            is sent.
            """)
        for signal in Catalog.signals(of: system) {
            let names = signal.sourceNames.isEmpty ? "" : " ← " + signal.sourceNames.map { "`\($0)`" }.joined(separator: ", ")
            page.heading(2, "`\(signal.name)`\(names)")
            page.paragraph("\(signal.meaning).")
            page.table(
                ["theirs", "ours", "type", "conversion"],
                signal.fields.map { field in
                    let sources = field.sources.filter { $0.name != field.name }.map { "`\($0.name)`" }
                    let scaled = field.sources.first { $0.factor != 1 }
                    let factor = scaled.map { "`\($0.name)` × \(DefinedNumber.text($0.factor))" } ?? ""
                    return [
                        (sources + ["`\(field.name)`"]).joined(separator: ", "),
                        field.envelopeKey == nil ? "`data.\(field.name)`" : "`\(wireName(field.name))`",
                        field.type.rawValue + (field.unit.map { ", \($0.rawValue)" } ?? ""), factor,
                    ]
                })
        }
        return page.text
    }

    /// How `ingest` spells an envelope field.
    private static func wireName(_ name: String) -> String {
        name == "session" || name == "user" ? name + "_id" : name
    }
}
