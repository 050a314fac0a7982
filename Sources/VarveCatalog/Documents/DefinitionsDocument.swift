import VarveEvents

/// `docs/definitions.md`: the terms and all numbers.
public enum DefinitionsDocument {
    public static var text: String {
        var page = MarkdownPage("Definitions")
        page.paragraph(
            """
            Generated from `Sources/VarveCatalog/Definitions`; a test compares. The first table defines terms \
            that the systems' documents use without a definition. The second lists all numbers that they define, each of \
            which is defined in one place of the code.
            """)
        page.heading(2, "Terms")
        page.table(
            ["term", "meaning", "computed by", "required by"],
            Terms.all.map { ["**\($0.name)**", $0.meaning, $0.source, $0.requirements.joined(separator: ", ")] })
        page.heading(2, "Numbers")
        page.table(
            ["name", "value", "unit", "meaning", "required by"],
            Numbers.all.map {
                ["`\($0.name)`", $0.valueText, $0.unit?.rawValue ?? "", $0.meaning, $0.requirements.joined(separator: ", ")]
            })
        return page.text
    }
}
