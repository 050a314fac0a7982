import Testing
import VarveEvents
import VarveSettings

@testable import VarveProjections

private let start: Int64 = 1_792_886_400_000_000_000
private let minute: Int64 = 60_000_000_000

private func event(_ minutes: Int64, _ attributes: KeyValuePairs<String, Value>, user: String? = nil) -> Event {
    Event(
        time: Timestamp(nanoseconds: start + minutes * minute), signal: "s", user: user,
        attributes: attributes.map { Attribute($0.key, $0.value) }.sorted { $0.name < $1.name })
}

private func view(_ yaml: String) throws -> ViewDefinition {
    try ViewDefinition(yaml: "name: v\n" + yaml, file: "v.yaml") { name in [berlin, calcutta].first { $0.name == name } }
}

/// 2026-10-25T00:00Z is the day on which Berlin goes back to winter time, at 01:00Z.
private let berlin = ZoneRules(name: "Europe/Berlin", initial: 7_200, changes: [.init(second: 1_792_890_000, offset: 3_600)])!
private let calcutta = ZoneRules(name: "Asia/Kolkata", initial: 19_800, changes: [])!

/// The state after `events`, whole; and merged from parts, read back, and from sections, which must all be the same.
private func state(_ definition: ViewDefinition, _ events: [Event]) throws -> ViewState {
    var whole = ViewStates(FoldPlan([definition]))
    for batch in EventStreams.batches(events, size: 1_000) { whole.fold(batch) }
    let state = try #require(whole.state(of: definition))
    var parts: [ViewState] = []
    for batch in EventStreams.batches(events, size: 1) {
        var part = ViewStates(FoldPlan([definition]))
        part.fold(batch)
        if let state = part.state(of: definition) { parts.append(state) }
    }
    var merged = ViewState(definition)
    var merger = SectionMerger(definition, level: definition.permanentLevel)
    for part in parts.reversed() {
        merged.merge(try ViewState(canonicalBytes: part.canonicalBytes(), definition: definition))
        try merger.merge(part.section(at: definition.permanentLevel), at: definition.permanentLevel)
    }
    #expect(merged.canonicalBytes() == state.canonicalBytes())
    #expect(merger.finished().canonicalBytes() == state.canonicalBytes())
    let bytes = state.canonicalBytes()
    #expect(try ViewState(canonicalBytes: bytes, definition: definition).canonicalBytes() == bytes)
    return state
}

private func only(_ definition: ViewDefinition, _ events: [Event]) throws -> ViewRow {
    let rows = try state(definition, events).rows(ViewQuery(bucket: .all))
    return try #require(rows.count == 1 ? rows[0] : nil, "\(rows.count) rows")
}

struct MeasureKindTests {
    @Test func `the least and the greatest keep their own type, integers exactly`() throws {
        let definition = try view(
            """
            measures:
              n: count
              first: {min: x}
              latest: {max: x}
              q: {quantiles: x, columns: {lo: min, hi: max, all: 1, one: 0.000001}}
            """)
        let big: Int64 = 1_764_300_000_123_456_789
        let row = try only(definition, [big + 2, big, big + 1].map { event(0, ["x": .int64($0)]) })
        for (column, wanted) in [("first", big), ("lo", big), ("latest", big + 2), ("hi", big + 2)] {
            #expect(row[column] == .int(wanted), "\(column)")
        }
        // A fraction is one, a whole fraction too; of equal ones the integer.
        let five: [Value] = [.int64(5), .double(5.0), .double(7.0), .int64(7), .double(7.5)]
        let mixed = try only(definition, five.map { event(0, ["x": $0]) })
        #expect(mixed["first"] == .int(5) && mixed["latest"] == .double(7.5))
        let doubles = try only(definition, [.double(2.0), .double(-0.0)].map { event(0, ["x": $0]) })
        #expect(doubles["first"] == .double(0) && doubles["latest"] == .double(2))
        // Doubles beside integers that no double says, and both ends of the integers.
        let edge = try only(
            definition,
            [.double(0x1p53), .int64((1 << 53) + 1), .int64(.min), .double(-0x1p62), .int64(.max)].map { event(0, ["x": $0]) })
        #expect(edge["first"] == .int(.min) && edge["lo"] == .int(.min))
        #expect(edge["latest"] == .int(.max) && edge["hi"] == .int(.max))
        let above = try only(definition, [.double(0x1p53), .int64((1 << 53) + 1)].map { event(0, ["x": $0]) })
        #expect(above["hi"] == .int((1 << 53) + 1) && above["lo"] == .int(1 << 53))
        #expect(above["latest"] == .int((1 << 53) + 1))
        let huge = try only(definition, [.double(1e300), .int64(.max)].map { event(0, ["x": $0]) })
        #expect(huge["latest"] == .double(1e300) && huge["first"] == .int(.max) && huge["lo"] == .int(.max))
    }

    @Test func `what a sum leaves out stands beside it, and only where there is any`() throws {
        let definition = try view("measures: {n: count, total: {sum: x}, other: {sum: y}}")
        let numbers: [Value] = [.double(1e300), .double(2.5), .int64(4), .double(-1e280)]
        let row = try only(definition, numbers.map { event(0, ["x": $0, "y": .int64(1)]) })
        #expect(row["total"]?.text == "6.5" && row.leftOut == [NamedCount("total", 2)])
        #expect(row["other"]?.text == "4")
        let plain = try only(definition, [event(0, ["x": .int64(1)])])
        #expect(plain.values.map(\.name) == ["n", "total", "other"] && plain.leftOut.isEmpty)
    }

    @Test func `a sum of products takes events that have all its factors, exactly`() throws {
        let definition = try view("measures: {n: count, revenue: {sum: {product: [price, quantity]}}}")
        let row = try only(
            definition,
            [
                event(0, ["price": .double(19.99), "quantity": .int64(3)]),
                event(1, ["price": .int64(2), "quantity": .double(0.25)]),
                event(2, ["price": .double(7)]), event(3, ["quantity": .int64(9)]),
                event(4, ["price": .string("5"), "quantity": .int64(1)]),
                event(5, ["price": .double(-0.1), "quantity": .double(0.1)]),
                // A tie at the sixth decimal goes to the even one: 0.0000015 → 0.000002, 0.0000025 → 0.000002.
                event(6, ["price": .double(0.0005), "quantity": .double(0.003)]),
                event(7, ["price": .double(0.0005), "quantity": .double(0.005)]),
            ])
        #expect(row["n"] == .int(8) && row["revenue"]?.text == "60.460004")
        let large = try only(
            definition,
            [
                event(0, ["price": .int64(1 << 60), "quantity": .int64(2)]),
                event(0, ["price": .int64(9_000_000), "quantity": .int64(1_000_000)]),
            ])
        #expect(large["revenue"]?.text == "9000000000000" && large.leftOut == [NamedCount("revenue", 1)])
    }

    @Test func `different combinations of fields count once, with and without dimensions`() throws {
        let events = EventStreams.random(3_000, seed: 21)
        for dimensions in ["", "dimensions: [component]\n", "dimensions: [signal, method]\n"] {
            let definition = try view(
                dimensions + """
                    measures:
                      n: count
                      pairs: {distinct: [user, api_endpoint]}
                      three: {distinct: [user, status, mixed]}
                    """)
            let rows = try state(definition, events).rows(ViewQuery(bucket: .hour))
            try OracleTests.compare(definition, rows, NaiveViews.rows(definition, events, bucket: .hour))
        }
        let definition = try view("measures: {n: count, pairs: {distinct: [a, b]}}")
        let row = try only(
            definition,
            [
                event(0, ["a": .string("x"), "b": .string("y")]), event(1, ["a": .string("x"), "b": .string("y")]),
                event(2, ["a": .string("xy")]), event(3, ["b": .string("xy")]), event(4, [:]),
                event(5, ["a": .int64(1), "b": .string("1")]),
                event(6, ["a": .string("1"), "b": .int64(1)]), event(7, ["a": .double(1), "b": .string("1")]),
            ])
        #expect(row["pairs"] == .int(5))
    }

    @Test func `a percentile is of the nearest rank, or between two ranks`() throws {
        let definition = try view(
            """
            measures:
              near: {quantiles: x, columns: {p50: 0.5, p90: 0.9}}
              between: {quantiles: y, columns: {i50: 0.5, i90: 0.9, i100: 1, least: min}, interpolate: true}
            """)
        let row = try only(definition, [1, 2, 4, 8].map { event(0, ["x": .int64($0), "y": .int64($0)]) })
        func isNear(_ column: String, _ wanted: Double) -> Bool {
            guard case .double(let found)? = row[column] else { return false }
            return abs(found - wanted) <= wanted * 0.0056
        }
        #expect(isNear("p50", 2) && isNear("p90", 8) && row["least"] == .double(1) && row["i100"] == .double(8))
        // At 1.5 and 2.7 from the first: (2 + 4) / 2, and 4 + 0.7 · 4.
        #expect(isNear("i50", 3) && isNear("i90", 6.8))
        let one = try only(definition, [event(0, ["x": .double(3.25), "y": .double(3.25)])])
        #expect(one["i50"] == .double(3.25) && one["p50"] == .double(3.25))
        let events = EventStreams.random(2_000, seed: 22)
        let many = try view(
            "measures: {n: count, d: {quantiles: bytes, columns: {p10: 0.1, p50: 0.5, p99: 0.99}, interpolate: true}}")
        try OracleTests.compare(
            many, try state(many, events).rows(ViewQuery(bucket: .day)), NaiveViews.rows(many, events, bucket: .day))
    }

    @Test func `hours of the day and hours as buckets are those of the zone`() throws {
        // 00:30Z is 02:30 in summer, 01:30Z is 02:30 again in winter, 02:30Z is 03:30.
        let events = [30, 90, 150, 610].map { event($0, [:]) }
        let local = try view(
            "zone: Europe/Berlin\nbuckets: [hour, day, all]\ndimensions: [{time: hour_of_day}]\nmeasures: {n: count}")
        let hours = try state(local, events).rows(ViewQuery(bucket: .hour, by: []))
        #expect(hours.map { $0.time?.nanoseconds } == [0, 2, 10].map { start + $0 * 60 * minute })
        #expect(hours.map { $0["n"] } == [.int(2), .int(1), .int(1)])
        let days = try state(local, events).rows(ViewQuery(bucket: .day))
        #expect(days.map { $0["hour_of_day"] } == [.int(2), .int(3), .int(11)])
        #expect(days.first?.time == Timestamp(nanoseconds: start - 120 * minute))
        let half = try view("zone: Asia/Kolkata\nmeasures: {n: count}")
        // 00:30Z is 06:00 there, and 00:29Z is 05:59.
        let rows = try state(half, [29, 30].map { event($0, [:]) }).rows(ViewQuery(bucket: .hour))
        #expect(rows.map { $0.time?.nanoseconds } == [-30, 30].map { start + $0 * minute })
        let utc = try view("dimensions: [{time: hour_of_day, name: h}]\nmeasures: {n: count}")
        #expect(try state(utc, events).rows(ViewQuery(bucket: .all)).map { $0["h"] } == [0, 1, 2, 10].map { .int($0) })
        var coarse = local
        coarse.levels = [.day, .all]
        #expect(coarse.fingerprint != local.fingerprint && coarse.permanentLevel == .day && local.permanentLevel == .hour)
    }

    @Test func `conditions look into texts, and at words in any letters`() throws {
        let definition = try view(
            """
            measures:
              slow: {count: {field: message, contains: "time out"}}
              all: {count: {field: message, contains: ""}}
              over: {count: {field: status, word: [resolved, Closed]}}
            """)
        let events = [
            event(0, ["message": .string("a time out"), "status": .string("Resolved")]),
            event(0, ["message": .string("timeout"), "status": .string("CLOSED")]),
            event(0, ["message": .string("time ou"), "status": .string("resolve")]),
            event(0, ["message": .int64(7), "status": .string("rèsolved")]),
            event(0, ["message": .string("time time out")]),
        ]
        let row = try only(definition, events)
        #expect(row["slow"] == .int(2) && row["all"] == .int(4) && row["over"] == .int(2))
    }

    @Test(arguments: [
        ("measures: {x: {sum: {product: [a]}}}", "2 to 4 fields"), ("measures: {x: {distinct: []}}", "1 to 8 fields"),
        ("measures: {x: {sum: a, interpolate: true}}", "interpolate belongs to quantiles"),
        ("dimensions: [{time: hour_of_month}]\nmeasures: {n: count}", "hour_of_week or hour_of_day"),
    ])
    func `what a view file says wrongly is said with its place`(yaml: String, reason: String) {
        #expect { try view(yaml) } throws: { "\($0)".contains(reason) && "\($0)".contains("v.yaml:") }
    }
}
