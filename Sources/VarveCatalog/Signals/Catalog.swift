public import VarveEvents

/// The built-in signals and views, as data.
public enum Catalog {
    /// Every signal, by system, in the order of the documents.
    public static let signals: [SignalDescription] =
        bookijiSignals + atomicRequestSignals + atomicPageSignals + atomicFeatureSignals + atomicHealthSignals
        + flashfusionSignals
        + chatbotSignals + monitoringSignals

    /// The names of all their fields.
    public static let fieldNames = Set(signals.flatMap(\.fields).map(\.name))

    private static let signalsByName = Dictionary(
        (signals + protocolSignals).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// The description of the signal `name`, if there is one.
    public static func signal(_ name: String) -> SignalDescription? {
        signalsByName[name]
    }

    /// The signals of one system, in order.
    public static func signals(of system: CatalogSystem) -> [SignalDescription] {
        signals.filter { $0.system == system.rawValue }
    }
}

/// A signal of one of the five systems.
func describe(
    _ name: String, _ system: CatalogSystem, _ meaning: String, _ requirements: [String], sources: [String] = [],
    retention: RetentionClass = .standard, dedup: [String] = [], _ fields: [FieldDescription]
) -> SignalDescription {
    SignalDescription(
        name, system: system.rawValue, meaning: meaning, fields: fields, retention: retention, dedupKey: dedup,
        sourceNames: sources, requirements: requirements)
}

/// Fields that many signals share.
extension FieldDescription {
    static let session = FieldDescription("session", .text, privacy: .pseudonymous, "", from: ["session_id"])
    static let requiredSession = FieldDescription(
        "session", .text, required: true, privacy: .pseudonymous, "", from: ["session_id"])
    static let user = FieldDescription("user", .text, privacy: .pseudonymous, "", from: ["user_id"])
    static let requiredUser = FieldDescription("user", .text, required: true, privacy: .pseudonymous, "", from: ["user_id"])
    static let url = FieldDescription("url", .text, privacy: .personal, "the page")
    static let userAgent = FieldDescription("user_agent", .text, privacy: .personal, "the browser's User-Agent header")
    static let stack = FieldDescription("stack", .text, privacy: .content)

    /// A component of the product, in the envelope.
    static func component(_ meaning: String, required: Bool = false, from sources: [FieldSource] = []) -> FieldDescription {
        FieldDescription("component", .text, required: required, meaning, from: sources)
    }

    /// The duration.
    static func duration(_ meaning: String = "", required: Bool = false, from sources: [FieldSource] = ["duration"])
        -> FieldDescription
    {
        FieldDescription("duration_ms", .number, unit: .milliseconds, required: required, meaning, from: sources)
    }

    static func success(required: Bool = true) -> FieldDescription {
        FieldDescription("success", .boolean, required: required)
    }
}
