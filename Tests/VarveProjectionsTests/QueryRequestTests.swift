import Testing
import VarveCatalog
import VarveEvents
import VarveTestSupport

@testable import VarveProjections

/// Questions as views, and views as text.
struct QueryRequestTests {
    static let conditions = [
        "status>=500", "number=7", "number!=7", "duration_ms<1000", "duration_ms>=10.5", "flag=true", "flag!=true",
        "component=Search",
        "component=", "component!=", "component~Button", "user=", "user!=user_7", "data.constant=\"always the same\"", "shape~ü",
        "signal=http.request", "signal!=x", "signal~retry", "nothing!=1", "nothing=", "ratio<0", "mixed>5", "mixed=5",
        "mixed=\"5\"",
    ]

    /// Random events, and one attribute of two types under one name.
    static func events(_ seed: UInt64) -> [Event] {
        randomEvents(count: 400, seed: seed).enumerated().map { index, event in
            var event = event
            switch index % 4 {
            case 0: event.attributes.append(Attribute("mixed", .int64(Int64(index % 9))))
            case 1: event.attributes.append(Attribute("mixed", .string("\(index % 9)")))
            case 2: event.attributes.append(Attribute("mixed", .double(Double(index % 9) + 0.5)))
            default: break
            }
            event.attributes.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            return event
        }
    }

    static func value(_ field: String, _ event: Event) -> Value? {
        switch field {
        case "signal": .string(event.signal)
        case "id": event.id.map { .string($0) }
        case "component": event.component.map { .string($0) }
        case "session": event.session.map { .string($0) }
        case "user": event.user.map { .string($0) }
        default: event[attribute: field.hasPrefix("data.") ? String(field.dropFirst(5)) : field]
        }
    }

    @Test(arguments: conditions)
    func `a view's condition holds for the events for which what was typed holds`(text: String) throws {
        let typed = try FieldCondition(parsing: text)
        for seed in 1...3 as ClosedRange<UInt64> {
            let events = Self.events(seed)
            var builder = BatchBuilder()
            for event in events { builder.append(event) }
            var states = ViewStates(FoldPlan([ViewDefinition(name: "v", filter: Condition(typed), measures: [.count("n")])]))
            states.fold(builder.finish())
            let rows = try #require(states.state(of: "v")).rows(ViewQuery(bucket: .all))
            let expected = events.count { typed.holds(Self.value(typed.field, $0)) }
            #expect(rows.first?["n"] ?? .int(0) == .int(Int64(expected)))
        }
    }

    @Test func `every built-in view reads back from its text`() throws {
        for view in Catalog.views.map(\.definition) {
            let read = try ViewDefinition(yaml: view.yaml, file: "v.yaml") { _ in
                if case .named(let rules) = view.zone { rules } else { nil }
            }
            #expect(read.fingerprint == view.fingerprint, "\(view.yaml)")
        }
    }

    @Test func `a question reads back from the text of its view, whatever is in it`() throws {
        var request = QueryRequest()
        request.signals = ["a\"b\\c", "x.*", "true", "5", "é", "- y", "a: b #"]
        request.conditions = try (Self.conditions + ["a=\"x\\\\ \\\" \t: [}\"", "b=1e300", "c<-5"]).map {
            try FieldCondition(parsing: $0)
        }
        request.by = ["component", "data.user", "status", "weird name", "user"]
        request.measures = [
            .count, QueryMeasure(.sum, of: "Bytes Sent"), QueryMeasure(.average, of: "bytes"), QueryMeasure(.sum, of: "bytes"),
            QueryMeasure(.quantile(millionths: 999_000), of: "ms"), QueryMeasure(.quantile(millionths: 500_000), of: "ms"),
            QueryMeasure(.distinct, of: "user"), QueryMeasure(.min, of: "bytes_sent"),
        ]
        let view = try request.definition(named: "kept").withPlainNames()
        let read = try ViewDefinition(yaml: view.yaml, file: "kept.yaml")
        #expect(read.fingerprint == view.fingerprint, "\(view.yaml)")
    }

    @Test func `columns stand in the order of the contract, each once`() throws {
        var request = QueryRequest()
        request.bucket = .hour
        request.by = ["component", "component"]
        request.measures = [
            QueryMeasure(.distinct, of: "user"), QueryMeasure(.quantile(millionths: 950_000), of: "ms"),
            QueryMeasure(.max, of: "ms"),
            QueryMeasure(.min, of: "ms"), QueryMeasure(.average, of: "ms"), QueryMeasure(.sum, of: "ms"), .count, .count,
        ]
        #expect(
            request.columns == [
                "time", "component", "count", "sum_ms", "avg_ms", "min_ms", "max_ms", "p95_ms", "distinct_user",
            ])
        request.by = ["count"]
        #expect(throws: QueryError.self) { try request.definition() }
    }

    @Test(arguments: [
        ("0.999:ms", "p99_9_ms"), ("99.9:ms", "p99_9_ms"), ("0.5:a:b", "p50_a:b"), ("1:ms", "p100_ms"), ("100:ms", "p100_ms"),
        ("12.3456:ms", "p12_3456_ms"),
    ])
    func `a percentile is read and named`(text: String, column: String) throws {
        #expect(try #require(QueryMeasure(quantile: text)).column == column)
    }

    @Test(arguments: ["ms", "0:ms", "-1:ms", "101:ms", "0.5:", "x:ms", "0.0000001:ms"])
    func `what is no percentile is refused`(text: String) {
        #expect(QueryMeasure(quantile: text) == nil)
    }

    @Test func `rows are sorted by value with what is absent last, and equal ones keep their order`() throws {
        let values: [ViewValue] = [.int(3), .null, .double(2.5), .decimal(micros: 9_000_000), .int(3)]
        let rows = values.enumerated().map { index, value in
            ViewRow(time: nil, values: [NamedValue("k", .int(Int64(index))), NamedValue("v", value)], isOther: false)
        }
        func sorted(_ order: RowOrder) throws -> [Int64] {
            try order.apply(rows, measures: ["v"], columns: ["k", "v"], of: "it").map { row in
                if case .int(let key)? = row["k"] { key } else { -1 }
            }
        }
        #expect(try sorted(RowOrder(sort: "v", top: nil, limit: nil)) == [2, 0, 4, 3, 1])
        #expect(try sorted(RowOrder(sort: "v:desc", top: nil, limit: 2)) == [3, 0])
        #expect(try sorted(RowOrder(sort: nil, top: 3, limit: nil)) == [3, 0, 4])
        #expect(try sorted(RowOrder(sort: "v:asc", top: 1, limit: nil)) == [2])
        #expect(try sorted(RowOrder(sort: nil, top: nil, limit: 1)) == [0])
        #expect(throws: QueryError.self) { try sorted(RowOrder(sort: "w", top: nil, limit: nil)) }
    }
}
