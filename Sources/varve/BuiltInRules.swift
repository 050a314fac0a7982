import VarveCatalog
import VarveLog

/// The catalog's kept signals as rules of a log.
enum BuiltInRules {
    static let all: [RetentionRule] = Catalog.keptSignals.map { kept in
        RetentionRule(
            signals: kept.signals,
            whileOpen: kept.thing.map { OpenThing(keys: [$0.key], opens: $0.opens, status: $0.status, closed: $0.closed) })
    }
}
