import VarveEvents

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
