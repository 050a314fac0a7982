import Testing
import VarveCatalog
import VarveEvents
import VarveProjections

/// The engine against the slow and obvious computation, cell by cell.
struct OracleTests {
    /// A view that uses everything a definition can say.
    static let everything = ViewDefinition("everything") {
        SignalFilter("odd", "http.request", prefixes: ["retry."])
        Condition.not(.compare(Field("duration_ms"), .greater, .double(1e6)))
        Dimension("component", .lower)
        Dimension("status", name: "class", .statusClass)
        Dimension("duration_ms", name: "speed", .ranges([ValueRange("fast", below: 100), ValueRange("slow", below: nil)]))
        Dimension("path", .prefix(4))
        Measure.count("events")
        Measure.count("of_user_1", when: .hasPrefix(Field("user"), "user_1"))
        Measure.sum("bytes", of: "bytes", when: .any([.compare(Field("status"), .less, .int64(400)), .exists(Field("flag"))]))
        Measure.sum("time", of: "duration_ms")
        Measure.min("fastest", of: "duration_ms")
        Measure.max("slowest", of: "duration_ms", when: .compare(Field("component"), .notEqual, .string("Component3")))
        Measure.last("last_user", of: "user")
        Measure.last("last_mixed", of: "mixed")
        Measure.quantiles(
            of: "duration_ms", when: .isIn(Field("signal"), [.string("odd"), .string("retry.success")]),
            [
                StatisticColumn("n", .count), StatisticColumn("p50", .quantile(millionths: 500_000)),
                StatisticColumn("least", .min),
            ])
        Measure.distinct("users", of: "user")
        Measure.distinct("kinds", of: "mixed")
        Measure.topK("endpoints", of: "api_endpoint", 3)
        DerivedColumn.ratio("share", of: "of_user_1", over: "events")
        Budget(100_000)
    }

    static let views = ViewDefinition.builtIn + [everything]

    @Test(arguments: views, [(BucketLevel.hour, 700), (.day, 65_536), (.all, 64), (.minute, 5_000)])
    func `every cell of every view equals the naive computation`(view: ViewDefinition, how: (BucketLevel, Int)) throws {
        let (bucket, size) = how
        guard bucket >= view.permanentLevel || view.levels.contains(bucket) else { return }
        let events = EventStreams.random(1_500, seed: 7)
        var states = ViewStates(FoldPlan([view], minutes: true))
        for batch in EventStreams.batches(events, size: size) { states.fold(batch) }
        let state = try #require(states.state(of: view.name, level: bucket == .minute ? .minute : nil))
        try Self.compare(view, try state.rows(ViewQuery(bucket: bucket)), NaiveViews.rows(view, events, bucket: bucket))
    }

    @Test(arguments: [[], ["component"], ["class", "path"]])
    func `merging dimensions away equals a view without them`(by: [String]) throws {
        let events = EventStreams.random(1_200, seed: 11)
        var states = ViewStates(FoldPlan([Self.everything]))
        for batch in EventStreams.batches(events, size: 1_000) { states.fold(batch) }
        let state = try #require(states.state(of: "everything"))
        try Self.compare(
            Self.everything, try state.rows(ViewQuery(bucket: .day, by: by)),
            NaiveViews.rows(Self.everything, events, bucket: .day, by: by))
    }

    @Test(arguments: [0, 3, 100]) func `late events amend their bucket, however many they are`(late: Int) throws {
        let events = EventStreams.random(2_000, seed: 5, late: late)
        var states = ViewStates(FoldPlan([.latency]))
        for batch in EventStreams.batches(events, size: 2_000) { states.fold(batch) }
        let state = try #require(states.state(of: "latency"))
        try Self.compare(.latency, try state.rows(ViewQuery(bucket: .hour)), NaiveViews.rows(.latency, events, bucket: .hour))
    }

    static func compare(
        _ view: ViewDefinition, _ rows: [ViewRow], _ expected: [NaiveViews.Key: [String: ViewValue]]
    ) throws {
        let approximate = Set(view.measures.flatMap { measure -> [String] in
            guard case .quantiles(_, let columns) = measure.kind else { return [] }
            return columns.filter { [.count, .min, .max].contains($0.statistic) == false }.map(\.name)
        })
        #expect(rows.count == expected.count)
        let dimensions = try #require(rows.first).values.count - view.columnNames.count
        for row in rows {
            let key = NaiveViews.Key(time: row.time?.nanoseconds, values: row.values.prefix(dimensions).map(\.value))
            let wanted = try #require(expected[key], "\(view.name) has a row too many: \(key)")
            for named in row.values.dropFirst(dimensions) {
                let right = try #require(wanted[named.name])
                if approximate.contains(named.name), let found = named.value.number, let exact = right.number {
                    #expect(abs(found - exact) <= abs(exact) * 0.0055, "\(view.name) \(key) \(named.name)")
                } else {
                    #expect(named.value == right, "\(view.name) \(key) \(named.name)")
                }
            }
        }
    }
}
