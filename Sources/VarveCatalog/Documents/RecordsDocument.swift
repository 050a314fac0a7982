import VarveEvents

/// `docs/wire/records.md`: what applies to the records of every system.
public enum RecordsDocument {
    public static var text: String {
        var page = MarkdownPage("Records of the five systems")
        page.paragraph(
            """
            `--format bookiji`, `atomic`, `flashfusion`, `chatbot` and `monitoring` read records as the systems' documents show \
            them. A line is one JSON object, or a list of them as they are sent in batches. The tables: \
            [Bookiji](bookiji.md), [Atomic Guide](atomic.md), [FlashFusion](flashfusion.md), [chatbot](chatbot.md), \
            [monitoring](monitoring.md). Generated from `Sources/VarveCatalog`; code: `Sources/VarveWire/Record`.
            """)
        for rule in rules { page.item(rule) }
        page.heading(2, "Privacy")
        page.paragraph(
            """
            Values are reduced before they enter the log, so the removed data cannot be recovered from it. Refused records \
            are kept unchanged in `rejected/`. `--privacy` takes `none`, `standard` (the default for these formats) \
            or `strict`; the default for other formats is `none`.
            """)
        page.table(
            ["class", "meaning", "standard", "strict"],
            PrivacyClass.allCases.map { privacy in
                [
                    privacy.rawValue, meaning(privacy), PrivacyProfile.standard.action(privacy).description,
                    PrivacyProfile.strict.action(privacy).description,
                ]
            })
        page.table(
            ["field", "standard", "strict", "reason for the exception"],
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
        "**Names** are compared without case, `_` and `-`. Members of `data` and `payload`, and of objects named in a table, "
            + "count as the record's own.",
        "**Units.** A number without a unit in its name has the unit of the system's documents: `successRate` is percent, "
            + "`success_rate_fraction` is a fraction. A name may contain its unit: `_ms`, `_s`, `_us`, `_minutes`, `_hours`, "
            + "`_percent`, `_pct`, `_fraction`, `_bytes`, "
            + "`_kb`, `_mb`, `_gb`. Text like `\"99.95%\"` is percent. Values are stored in ms, s, fractions and "
            + "MB.",
        "**Times** are RFC 3339 (also `2026-03-01 10:00:01+00`, and a bare date, meaning midnight UTC) or a number of "
            + "s, ms, µs or ns since 1970, distinguished by magnitude. A record without a time gets the time at which it is "
            + "read.",
        "**Values** are converted to the field's type if that is safe: quoted digits become numbers, `in_progress` the allowed "
            + "`in-progress`, a list of roles its first element. Other values are kept unchanged and flagged.",
        "**null** is an absent value. Absent values get the field's default.",
        "**Names that are not in the table** are kept under their own names; objects as JSON.",
        "**A record of an unknown kind** is refused (`missing_signal`). A record of several events is refused as a whole if one "
            + "of them cannot be read.",
        "**Fields** are then checked against the [catalog](../catalog.md). `--policy lenient` keeps events that differ and "
            + "counts them as `flagged`; `--policy strict` refuses them (`bad_field`) with the path of each field. This applies "
            + "to every format, including NDJSON; a signal that is not in the catalog is never flagged.",
    ]

    private static let privacyRules = [
        "A hashed value is `p_` and 16 hexadecimal digits of SHA-256 over key, NUL and value. `--privacy-key FILE` gives the "
            + "key; without a key, anyone who guesses a value can verify the guess.",
        "A JSON object or number that would be cut or hashed is left out. A field that is not in the catalog is treated as "
            + "content.",
        "The text of database queries is cut to \(Numbers.Atomic.queryText.valueText) characters under every profile that keeps "
            + "it.",
        "Tenants and components are unchanged. Event ids are hashed whenever pseudonyms are.",
    ]

    private static func meaning(_ privacy: PrivacyClass) -> String {
        switch privacy {
        case .operational: "says nothing about a person"
        case .pseudonymous: "distinguishes persons without identifying them: ids of users and sessions"
        case .personal: "says something about a person: names, addresses, browsers"
        case .content: "free text: messages, queries, errors, stacks"
        }
    }
}
