import Testing
import VarveCatalog
import VarveEvents

/// What a new log keeps.
@Suite struct KeptSignalsTests {
    @Test func `each signal of a class that outlives the log's limit has one rule, and no other signal has one`() {
        for signal in Catalog.signals {
            let rules = Catalog.keptSignals.filter { rule in
                rule.signals == signal.name
                    || rule.signals.hasSuffix(".*") && signal.name.hasPrefix(rule.signals.dropLast(1))
            }
            #expect(rules.count == (signal.retention == .standard ? 0 : 1), "\(signal.name)")
            guard let rule = rules.first else { continue }
            #expect((rule.thing == nil) == (signal.retention == .latest), "\(signal.name)")
        }
    }

    @Test func `things are named and closed by fields that their signals have`() throws {
        for rule in Catalog.keptSignals {
            guard let thing = rule.thing else { continue }
            let opens = try #require(Catalog.signal(thing.opens), "\(thing.opens)")
            #expect(opens.field(thing.key) != nil)
            let prefix = rule.signals.dropLast(1)
            for signal in Catalog.signals where signal.name.hasPrefix(prefix) {
                #expect(signal.field(thing.key) != nil, "\(signal.name) has no \(thing.key)")
                #expect(signal.field(thing.status) != nil, "\(signal.name) has no \(thing.status)")
            }
        }
    }
}
