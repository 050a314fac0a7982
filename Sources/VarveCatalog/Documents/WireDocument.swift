import VarveEvents

/// `docs/wire/<system>.md`: how a system's own records become events.
public enum WireDocument {
    public static func text(of system: CatalogSystem) -> String {
        var page = MarkdownPage("On the wire: \(system.title)")
        page.paragraph(
            """
            `varve ingest FILE --data DIR --format \(system.rawValue)`: one JSON object on each line, or a list of them. \
            Generated from `Sources/VarveCatalog`; a test compares. How names, units, times and privacy are read is the same \
            for every system: [records](records.md).
            """)
        page.heading(2, "Which record is what")
        page.paragraph(
            """
            A record says what it is under `signal`, `type`, `event`, `kind` or `name`, or is recognised by the names that it \
            has. The first line that fits counts. Names stand for every spelling: `responseTime` and `response_time` are one.
            """)
        let shapes = Catalog.shapes(of: system)
        page.table(
            ["says", "or has", "and lacks", "becomes", "time, the first of"],
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
        if !dedup.isEmpty { facts.append("Without an id it gets one of \(names(dedup)): sent twice, it counts once.") }
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
        case .leaves(let name, let value): ", one for each value in it: `\(name)` says where, `\(value)` what"
        }
    }

    private static func names(_ names: [String]) -> String {
        names.map { "`\($0)`" }.joined(separator: ", ")
    }

    /// How `ingest` spells an envelope field.
    private static func wireName(_ name: String) -> String {
        name == "session" || name == "user" ? name + "_id" : name
    }
}

/// `docs/wire/records.md`: what holds for the records of every system.
public enum RecordsDocument {
    public static var text: String {
        var page = MarkdownPage("Records of the five systems")
        page.paragraph(
            """
            `--format bookiji`, `atomic`, `flashfusion`, `chatbot` and `monitoring` read what the systems' documents show, as it \
            stands there. A line is one JSON object, or a list of them as they are sent in batches. The tables: \
            [Bookiji](bookiji.md), [Atomic Guide](atomic.md), [FlashFusion](flashfusion.md), [chatbot](chatbot.md), \
            [monitoring](monitoring.md). Generated from `Sources/VarveCatalog`; code: `Sources/VarveWire/Record`.
            """)
        for rule in rules { page.item(rule) }
        page.heading(2, "Privacy")
        page.paragraph(
            """
            Values are changed before they enter the log: nothing in it can be asked for what was taken away. Refused records \
            are kept in `rejected/` as they came. `--privacy` takes `none`, `standard` (what these formats have unless told \
            otherwise) or `strict`; other formats have none unless told otherwise.
            """)
        page.table(
            ["class", "what it is", "standard", "strict"],
            PrivacyClass.allCases.map { privacy in
                [
                    privacy.rawValue, meaning(privacy), PrivacyProfile.standard.action(privacy).description,
                    PrivacyProfile.strict.action(privacy).description,
                ]
            })
        page.table(
            ["field", "standard", "strict", "why not as its class"],
            PrivacyProfile.exceptions.map { exception in
                let of = exception.signal.map { " of `\($0)`" } ?? ""
                return [
                    exception.names.map { "`\($0)`" }.joined(separator: ", ") + of, exception.standard.description,
                    exception.strict.description, exception.reason,
                ]
            })
        for rule in privacyRules { page.item(rule) }
        return page.text
    }

    private static let rules = [
        "**Names** are compared without case, `_` and `-`. `data` and `payload` are opened; so is what a table names.",
        "**Units.** Without a unit in its name a number has the one of the system's documents: `successRate` is percent, "
            + "`success_rate_fraction` is none. A name may say its unit: `_ms`, `_s`, `_us`, `_minutes`, `_hours`, `_percent`, "
            + "`_pct`, `_fraction`, `_bytes`, "
            + "`_kb`, `_mb`, `_gb`. Text like `\"99.95%\"` is percent. Stored are ms, s, fractions and "
            + "MB.",
        "**Times** are RFC 3339 (also `2026-03-01 10:00:01+00`, and a bare date, which is its midnight in UTC) or a number of "
            + "s, ms, µs or ns since 1970; which one is told by its size. A record without a time happened when it is read.",
        "**Values** are made what the field is where that is safe: digits in quotes become numbers, `in_progress` the allowed "
            + "`in-progress`, a list of roles its first. What is not safe is kept as it came and flagged.",
        "**null** is an absent value. Absent values get the field's default.",
        "**A name that the table does not know** is kept under its own name; an object as JSON.",
        "**A record of no known kind** is refused (`missing_signal`). One that is several events is refused whole when one of "
            + "them cannot be read.",
        "**Fields** are then compared with the [catalog](../catalog.md). `--policy lenient` keeps events that differ and counts "
            + "them as `flagged`; `--policy strict` refuses them (`bad_field`) with the path of each field. This holds for every "
            + "format, NDJSON too; a signal that the catalog does not know is never flagged.",
    ]

    private static let privacyRules = [
        "Hashed is `p_` and 16 hexadecimal digits of SHA-256 over key, NUL and value. `--privacy-key FILE` gives the key; "
            + "without one, who guesses a value can check the guess.",
        "A JSON object or number that would be cut or hashed is left out. A name that the catalog does not know is treated as "
            + "content.",
        "The text of database queries is cut to \(Numbers.Atomic.queryText.valueText) characters, where it is kept, under every "
            + "profile.",
        "Tenants and components stay as they are. Ids of events are hashed where pseudonyms are.",
    ]

    private static func meaning(_ privacy: PrivacyClass) -> String {
        switch privacy {
        case .operational: "says nothing about a person"
        case .pseudonymous: "tells persons apart without saying who they are: ids of users and sessions"
        case .personal: "says something about a person: names, addresses, browsers"
        case .content: "free text: messages, queries, errors, stacks"
        }
    }
}
