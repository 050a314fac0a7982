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
