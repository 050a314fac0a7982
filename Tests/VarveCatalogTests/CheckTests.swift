import Testing
import VarveCatalog
import VarveEvents

struct CheckTests {
    static func batch(_ events: [Event]) -> EventBatch {
        var builder = BatchBuilder()
        for event in events { builder.append(event) }
        return builder.finish()
    }

    static func event(_ signal: String, session: String? = "s", _ attributes: [Attribute]) -> Event {
        Event(
            time: Timestamp(nanoseconds: 0), signal: signal, component: "c", session: session,
            attributes: attributes.sorted { $0.name < $1.name })
    }

    /// Right, then one thing wrong in each, among events of another signal and of none that is known.
    static let events: [Event] = [
        event("retry.success", [Attribute("api_endpoint", .string("/a")), Attribute("total_duration_ms", .int64(5))]),
        event("debounced_click.suppressed", [Attribute("suppression_reason", .string("too_soon"))]),
        event("retry.success", [Attribute("total_duration_ms", .double(5))]),
        event("unheard.of", session: nil, [Attribute("api_endpoint", .bool(true))]),
        event("retry.success", [Attribute("api_endpoint", .int64(7))]),
        event("debounced_click.suppressed", [Attribute("suppression_reason", .string("tired"))]),
        event("retry.success", session: nil, [Attribute("api_endpoint", .string("/b"))]),
        event("retry.success", [Attribute("api_endpoint", .string("/b")), Attribute("retry_count", .double(1.5))]),
        event("debounced_click.suppressed", [Attribute("suppression_reason", .string("already_processing"))]),
    ]

    @Test func `what is wrong is flagged with row and path, and kept under the lenient policy`() {
        let result = BatchCheck().check(Self.batch(Self.events))
        #expect(
            result.flags.map { "\($0.row) \($0)" } == [
                "2 retry.success: data.api_endpoint is missing",
                "4 retry.success: data.api_endpoint is an integer, not text",
                "5 debounced_click.suppressed: data.suppression_reason is 'tired', not one of already_processing, too_soon",
                "6 retry.success: session_id is missing",
                "7 retry.success: data.retry_count is a fraction, not integer",
            ])
        #expect(result.flagCount == 5)
        #expect(result.keep.onesCount == Self.events.count)
    }

    @Test func `the strict policy keeps what is right and what nobody describes`() {
        let batch = Self.batch(Self.events)
        let result = BatchCheck().check(batch, policy: .strict)
        #expect((0..<batch.rowCount).filter { result.keep[$0] } == [0, 1, 3, 8])
        var kept: [Event] = []
        batch.filtered(keep: result.keep).forEachEvent { _, event in kept.append(event) }
        #expect(kept == [0, 1, 3, 8].map { Self.events[$0] })
    }

    @Test func `a number may be whole or not, and an attribute called like an envelope field is none`() {
        let batch = Self.batch([
            Self.event(
                "db.query",
                [
                    Attribute("duration_ms", .int64(1)), Attribute("query", .string("SELECT 1")), Attribute("session", .int64(1)),
                    Attribute("success", .bool(true)),
                ]),
            Self.event(
                "db.query",
                [
                    Attribute("duration_ms", .double(1.5)), Attribute("query", .string("SELECT 1")),
                    Attribute("success", .bool(false)),
                ]),
        ])
        #expect(BatchCheck().check(batch, policy: .strict).flags.isEmpty)
    }

    @Test func `flags are described up to a limit and counted beyond it`() {
        let result = BatchCheck().check(Self.batch(Array(repeating: Self.event("retry.success", []), count: 50)), limit: 3)
        #expect(result.flags.map(\.row) == [0, 1, 2])
        #expect(result.flagCount == 50)
    }

    @Test func `made-up traffic is as the catalog says`() {
        var traffic = TrafficGenerator(TrafficOptions(events: 5_000, days: 2, ids: true))
        var builder = BatchBuilder()
        while traffic.fill(&builder) > 0 {
            let result = BatchCheck().check(builder.finish())
            #expect(result.flags.isEmpty, "\(result.flags.prefix(3))")
        }
    }

    @Test(arguments: 0..<8) func `columns give the same verdict as a look at each event`(seed: UInt64) {
        var random = SeededChoice(state: seed &+ 1)
        let events = (0..<300).map { _ in Self.randomEvent(&random) }
        let keep = BatchCheck().check(Self.batch(events), policy: .strict).keep
        for (row, event) in events.enumerated() { #expect(keep[row] == Self.isRight(event), "\(event)") }
    }

    private static func randomEvent(_ random: inout SeededChoice) -> Event {
        let signal = ["db.query", "health.check", "unheard.of"][random.below(3)]
        let names = ["query", "duration_ms", "success", "status", "service", "type"]
        let values: [Value] = [.string("healthy"), .string("SELECT"), .int64(1), .double(0.5), .bool(true), .json("[]")]
        let attributes = names.filter { _ in random.below(5) > 0 }.map { Attribute($0, values[random.below(values.count)]) }
        return event(signal, attributes)
    }

    /// The same, one event at a time.
    private static func isRight(_ event: Event) -> Bool {
        guard let signal = Catalog.signal(event.signal) else { return true }
        return signal.fields.allSatisfy { field in
            if field.envelopeKey != nil { return true }
            guard let value = event[attribute: field.name] else { return !field.isRequired }
            guard field.type.valueTypes.contains(value.type) else { return false }
            if case .string(let text) = value, !field.allowed.isEmpty { return field.allowed.contains(text) }
            return true
        }
    }
}

/// Numbers from a seed.
private struct SeededChoice {
    var state: UInt64

    mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % limit
    }
}
