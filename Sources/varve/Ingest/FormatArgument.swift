import ArgumentParser
import VarveCatalog
import VarveEvents
import VarveWire

/// A format as it is typed: one of the outside formats, or the system whose own records these are.
enum FormatArgument: String, CaseIterable, ExpressibleByArgument {
    case ndjson, combined, common, csv
    case bookiji, atomic, flashfusion, chatbot, monitoring

    var input: InputFormat {
        switch self {
        case .ndjson: .ndjson
        case .combined: .combined
        case .common: .common
        case .csv: .csv
        case .bookiji, .atomic, .flashfusion, .chatbot, .monitoring: .records
        }
    }

    private var system: CatalogSystem? { CatalogSystem(rawValue: rawValue) }

    /// How the system's records become events.
    var records: RecordMapping? {
        system.map { RecordMapping(Catalog.shapes(of: $0), signals: Catalog.signals) }
    }

    /// What to look at when not one record of an input could be read.
    var hintWhenAllRefused: String {
        self == .ndjson
            ? "events are read as NDJSON, one object a line; for something else say --format combined, csv … (varve help ingest)"
            : "they were read as --format \(rawValue); is that what they are?"
    }

    /// The profile that a system's own records get unless another is asked for; none for events that are ours already.
    var privacy: PrivacyProfile? { system == nil ? nil : .standard }
}
