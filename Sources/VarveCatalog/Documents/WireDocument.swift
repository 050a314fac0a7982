import VarveEvents

/// `docs/wire/<system>.md`: how a system's own records become events.
public enum WireDocument {
    public static func text(of system: CatalogSystem) -> String {
        var page = MarkdownPage("Record format: \(system.title)")
        page.paragraph(
            """
            `varve ingest FILE --data DIR --format \(system.rawValue)`: one JSON object on each line, or a list of them. \
            Generated from `Sources/VarveCatalog`; a test compares. Names, units, times and privacy work the same way \
            for every system: [records](records.md).
            """)
        page.heading(2, "Record kinds")
        page.paragraph(
            """
            A record states its kind in `signal`, `type`, `event`, `kind` or `name`, or is recognised by its member names. \
            The first matching row applies. Spelling variants are equivalent: `responseTime` and `response_time` are the \
            same name.
            """)
        let shapes = Catalog.shapes(of: system)
        page.table(
            ["kind", "or has", "and lacks", "becomes", "time, the first of"],
            shapes.map { shape in
                [
                    names(shape.kinds.filter { !$0.contains(".") || shape.kinds.count == 1 }), names(shape.needs),
                    names(shape.lacks),
                    "`\(shape.signal)`" + text(shape.rows), names(shape.times),
                ]
            })
        var printed: [String] = []
        for shape in shapes {
            for name in signals(of: shape) where !printed.contains(name) {
                printed.append(name)
                if let signal = Catalog.signal(name) { add(signal, to: &page) }
            }
        }
        return page.text
    }

    private static func add(_ signal: SignalDescription, to page: inout MarkdownPage) {
        page.heading(2, "`\(signal.name)`")
        var facts = ["\(signal.meaning)."]
        let dedup = signal.dedupKey.filter { $0 != "id" }
        if !dedup.isEmpty {
            facts.append("Without an id, the id is made from \(names(dedup)), so that a repeated record counts once.")
        }
        page.paragraph(facts.joined(separator: " "))
        page.table(
            ["theirs", "ours", "type", "conversion", "if absent", "--privacy standard", "strict"],
            signal.fields.map { field in
                let sources = field.sources.filter { $0.name != field.name }.map { "`\($0.name)`" }
                let scaled = field.sources.filter { $0.factor != 1 }.map { "`\($0.name)` ÷ \(DefinedNumber.text(1 / $0.factor))" }
                return [
                    (sources + ["`\(field.name)`"]).joined(separator: ", "),
                    field.envelopeKey == nil ? "`data.\(field.name)`" : "`\(wireName(field.name))`",
                    field.type.rawValue + (field.unit.map { ", \($0.rawValue)" } ?? ""), scaled.joined(separator: ", "),
                    field.isRequired ? "flagged" : field.defaultText ?? "", action(.standard, field, signal),
                    action(.strict, field, signal),
                ]
            })
    }

    private static func action(_ profile: PrivacyProfile, _ field: FieldDescription, _ signal: SignalDescription) -> String {
        if field.name == "component" { return "" }
        let action = profile.action(field, of: signal.name)
        switch (action, field.type) {
        case (.keep, _): return ""
        case (.cut, .json), (.hash, .json), (.withoutQuery, .json): return PrivacyAction.drop.description
        default: return action.description
        }
    }

    private static func signals(of shape: RecordShape) -> [String] {
        if case .parts(let parts) = shape.rows { return parts.map(\.signal) }
        return [shape.signal]
    }

    private static func text(_ rows: RecordRows) -> String {
        switch rows {
        case .one: ""
        case .each(let name): ", one for each of `\(name)`"
        case .parts(let parts): ", and " + names(parts.dropFirst().map(\.signal)) + ", for each of " + names(parts.map(\.name))
        case .leaves(let name, let value): ", one for each value in it: `\(name)` is the path, `\(value)` the value"
        }
    }

    private static func names(_ names: [String]) -> String {
        names.map { "`\($0)`" }.joined(separator: ", ")
    }

    /// The name of an envelope field in `ingest`.
    private static func wireName(_ name: String) -> String {
        name == "session" || name == "user" ? name + "_id" : name
    }
}
