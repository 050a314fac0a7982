internal import VarveCatalog
public import VarveLog

extension RetentionRule {
    /// The catalog's rules for signals that outlive the log's age limit: configuration changes, open incidents, open tech debt,
    /// open documentation gaps.
    public static let catalog: [RetentionRule] = Catalog.keptSignals.map { kept in
        RetentionRule(
            signals: kept.signals,
            whileOpen: kept.thing.map { OpenCondition(keys: [$0.key], opens: $0.opens, status: $0.status, closed: $0.closed) })
    }
}

extension LogOptions {
    /// These options, with the catalog's retention rules for a new log unless other rules are given.
    public var withCatalogRules: LogOptions {
        var options = self
        if options.rules.isEmpty { options.rules = RetentionRule.catalog }
        return options
    }
}
