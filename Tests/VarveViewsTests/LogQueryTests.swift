import Testing
import VarveEvents
import VarveLog
import VarveProjections
import VarveTestSupport
import VarveViews

/// Questions to the log, held against looking at every event.
struct LogQueryTests {
    private static func log() async throws -> TestLog {
        let log = TestLog(seed: 40)
        for count in [1_500, 30, 900] { try await log.append(count) }
        return log
    }

    private static func number(_ event: Event) -> Double? {
        switch event[attribute: "duration_ms"] {
        case .int64(let value)?: Double(value)
        case .double(let value)?: value
        default: nil
        }
    }

    @Test func `random questions equal a naive count over the events, with exact ends of time`() async throws {
        let log = try await Self.log()
        let query = try LogQuery.open(at: log.path)
        var random = SeededRandom(seed: 7)
        let times = log.events.map(\.time.nanoseconds)
        let (first, last) = (try #require(times.min()), try #require(times.max()))
        for _ in 0..<150 {
            var request = QueryRequest()
            let ends = [Int64.random(in: first...last, using: &random), Int64.random(in: first...last, using: &random)].sorted()
            if Bool.random(using: &random) { request.from = Timestamp(nanoseconds: ends[0]) }
            if Bool.random(using: &random) { request.to = Timestamp(nanoseconds: ends[1] + 1) }
            request.signals = [[], ["retry.*"], ["http.request", "x"], ["*.s*"]].randomElement(using: &random) ?? []
            request.by = [[], ["component"], ["signal", "flag"]].randomElement(using: &random) ?? []
            request.bucket = BucketLevel.allCases.randomElement(using: &random) ?? .all
            let text = [nil, "duration_ms>=4000", "component!=", "flag=true"].randomElement(using: &random) ?? nil
            request.conditions = try text.map { [try FieldCondition(parsing: $0)] } ?? []
            request.measures = [.count, QueryMeasure(.max, of: "duration_ms"), QueryMeasure(.distinct, of: "user")]
            let rows = try query.answer(request).rows
            #expect(Set(rows.map { Self.shown($0) }) == Self.naive(request, log.events), "\(request)")
            #expect(Set(rows).count == rows.count)
        }
    }

    private static func shown(_ row: ViewRow) -> [String] {
        [row.time.map { "\($0.nanoseconds)" } ?? ""]
            + row.values.map { value in value.value.number.map { "\($0)" } ?? value.value.text ?? "-" }
    }

    private static func naive(_ request: QueryRequest, _ events: [Event]) -> Set<[String]> {
        struct Group { var count = 0.0; var most: Double?; var users: Set<String> = [] }
        var groups: [[String]: Group] = [:]
        if request.by.isEmpty, request.bucket == .all { groups[[""]] = Group() }
        for event in events {
            guard request.from.map({ event.time >= $0 }) ?? true, request.to.map({ event.time < $0 }) ?? true,
                request.signals.isEmpty || request.signals.contains(where: { Glob($0).matches(event.signal) }),
                request.conditions.allSatisfy({ $0.holds(value($0.field, event)) })
            else { continue }
            let bucket = request.bucket.start(of: request.bucket.bucket(of: event.time.nanoseconds))
            var key = [bucket.map { "\($0)" } ?? ""]
            for field in request.by {
                switch value(field, event) {
                case .string(let text)?: key.append(text)
                case .bool(let flag)?: key.append(flag ? "true" : "false")
                default: key.append("-")
                }
            }
            var group = groups[key] ?? Group()
            group.count += 1
            if let number = number(event) { group.most = max(group.most ?? number, number) }
            if let user = event.user { group.users.insert(user) }
            groups[key] = group
        }
        return Set(
            groups.map {
                $0.key + ["\($0.value.count)", $0.value.most.map { "\($0)" } ?? "-", "\(Double($0.value.users.count))"]
            })
    }

    private static func value(_ field: String, _ event: Event) -> Value? {
        switch field {
        case "signal": .string(event.signal)
        case "component": event.component.map { .string($0) }
        default: event[attribute: field]
        }
    }

    @Test func `a field that no event has is refused with the one that was meant`() async throws {
        let log = try await Self.log()
        let query = try LogQuery.open(at: log.path)
        for change in [
            { $0.by = ["durration_ms"] }, { $0.measures = [QueryMeasure(.sum, of: "durration_ms")] },
            { $0.conditions = [FieldCondition("durration_ms", .greater, "1")] },
        ] as [@Sendable (inout QueryRequest) -> Void] {
            var request = QueryRequest()
            change(&request)
            let error = #expect(throws: ViewError.self) { try query.answer(request) }
            #expect(error?.code == .badQuery)
            #expect(error?.message.contains("did you mean duration_ms?") == true, "\(error?.message ?? "")")
        }
        var request = QueryRequest()
        request.by = ["user_id"]
        #expect(#expect(throws: ViewError.self) { try query.answer(request) }?.message.contains("did you mean user?") == true)
        let lenient = try LogQuery.open(at: log.path, known: ["user_id"])
        #expect(try lenient.answer(request).rows.count == 1)
        #expect(try lenient.absentFields(request) == ["user_id"])
    }

    @Test func `the past is asked by offset, and a plan says what would be read`() async throws {
        let log = try await Self.log()
        let query = try LogQuery.open(at: log.path)
        let answer = try query.answer(QueryRequest(), asOf: .offset(Offset(321)))
        #expect(answer.rows.first?["count"] == .int(321))
        var request = QueryRequest()
        request.to = Timestamp(nanoseconds: 0)
        let plan = try query.plan(request)
        #expect(plan.segments > 2 && plan.segmentsRead < plan.segments)
        #expect(try query.answer(request).rows.first?["count"] == .int(0))
    }
}
