import Testing
import VarveAlerts
import VarveEvents

struct AlertEngineTests {
    private let errors = "{id: a, condition: error_rate > 0.05, for: 2m}"

    private func engine(_ text: String) throws -> AlertEngine {
        var engine = AlertEngine([try Minutes.rule(text)], Minutes.views)
        engine.start(at: Minutes.time(0))
        return engine
    }

    /// Runs minutes whose events come as they happen.
    private func run(_ text: String, _ minutes: Int, _ events: (Int) -> [Event]) throws -> [String] {
        var engine = try engine(text)
        var outputs: [AlertOutput] = []
        for minute in 0..<minutes {
            engine.fold(Minutes.batch(events(minute)))
            outputs += engine.evaluate(at: Minutes.time(minute + 1))
        }
        return words(outputs)
    }

    @Test func `a window without events has no value`() throws {
        let found = try run(errors, 12) {
            (3..<6).contains($0) ? Minutes.requests($0, 10, errors: 5) : $0 < 9 ? [] : Minutes.requests($0, 10, errors: 0)
        }
        #expect(found == ["4 pending", "6 firing", "7 no_data", "10 data_back", "10 resolved"])
    }

    @Test func `an alert for each combination of dimensions`() throws {
        let text = "{id: a, condition: {view: requests, column: error_rate, is: '>', by: [path]}, threshold: 0.05}"
        let found = try run(text, 4) { minute in
            Minutes.requests(minute, 5, errors: minute == 1 ? 1 : 0, path: "/a")
                + Minutes.requests(minute, 5, errors: minute > 1 ? 5 : 0, path: "/b")
        }
        #expect(found == ["2 firing {path=/a}", "3 resolved {path=/a}", "3 firing {path=/b}"])
    }

    @Test func `too few events are no outage`() throws {
        let text = "{id: a, condition: {view: requests, column: error_rate, is: '>', min_count: 10}, threshold: 0.05}"
        #expect(try run(text, 3) { Minutes.requests($0, 9, errors: 9) }.isEmpty)
        #expect(try run(text, 1) { Minutes.requests($0, 10, errors: 9) } == ["1 firing"])
    }

    @Test func `a change since a time ago`() throws {
        let text = "{id: a, condition: {view: requests, column: requests, is: '>', changed_since: 5m}, threshold: 0.5}"
        // 10 a minute, from minute 7 on 16: half as much again is 15.
        #expect(try run(text, 14) { Minutes.requests($0, $0 < 7 ? 10 : 16, errors: 0) } == ["8 firing", "13 resolved"])
        #expect(try run(text, 14) { Minutes.requests($0, $0 < 7 ? 10 : 15, errors: 0) }.isEmpty)
    }

    @Test func `what was there and is gone`() throws {
        let text = "{id: a, condition: {view: requests, column: requests, absent: true, by: [path], history: 10m}}"
        let found = try run(text, 8) { minute in
            Minutes.requests(minute, 2, errors: 0, path: "/a")
                + (minute == 2 || minute == 6 ? Minutes.requests(minute, 1, errors: 0, path: "/b") : [])
        }
        #expect(found == ["4 firing {path=/b}", "7 resolved {path=/b}", "8 firing {path=/b}"])
        #expect(try run("{id: a, condition: {view: requests, column: requests, absent: true}}", 2) { _ in [] } == ["1 firing"])
    }

    @Test func `a value outside its band`() throws {
        let text = "{id: a, condition: {view: requests, column: requests, band: normal, side: above, history: 2h}}"
        let found = try run(text, 121) { Minutes.requests($0, $0 == 118 ? 60 : 10 + $0 % 3, errors: 0) }
        #expect(found == ["119 firing", "120 resolved"])
    }

    // MARK: Late events

    @Test func `late events make an alert that was missed`() throws {
        var engine = try engine(errors)
        var outputs: [AlertOutput] = []
        for minute in 0..<8 {
            // The failures of minutes 2 to 4 come three minutes late.
            engine.fold(Minutes.batch(Minutes.requests(minute, 10, errors: 0)))
            if minute == 7 { for late in 2...4 { engine.fold(Minutes.batch(Minutes.requests(late, 5, errors: 5))) } }
            outputs += engine.evaluate(at: Minutes.time(minute + 1))
        }
        #expect(words(outputs) == ["3 pending late", "5 firing late", "6 resolved late"])
    }

    @Test func `late events take back an alert that was none`() throws {
        var engine = try engine("{id: a, condition: error_rate > 0.05}")
        engine.fold(Minutes.batch(Minutes.requests(0, 10, errors: 1)))
        #expect(words(engine.evaluate(at: Minutes.time(1))) == ["1 firing"])
        engine.fold(Minutes.batch(Minutes.requests(0, 90, errors: 0) + Minutes.requests(1, 10, errors: 0)))
        #expect(words(engine.evaluate(at: Minutes.time(2))) == ["1 firing retracted"])
        #expect(engine.alerts.isEmpty)
    }

    @Test func `events of any order, with late ones, end in the same history`() throws {
        var random = Shuffled(seed: 7)
        let story: [[Event]] = (0..<240).map { minute in
            Minutes.requests(minute, 6, errors: (minute / 7) % 3 == 1 ? 2 : 0)
                + Minutes.requests(minute, 3, errors: minute % 2, path: "/x")
        }
        let texts = [
            "{id: a, condition: error_rate > 0.1, for: 2m}",
            "{id: b, condition: {view: requests, column: error_rate, is: '>', by: [path], window: 5m}, "
                + "threshold: 0.2, keep_firing_for: 3m}",
            "{id: c, condition: error_rate > 0.1, matches: 3 of 5}",
        ]
        let rules = try texts.map { try Minutes.rule($0) }
        func history(_ arrivals: [[Event]]) -> Set<String> {
            var engine = AlertEngine(rules, Minutes.views)
            engine.start(at: Minutes.time(0))
            var said: Set<String> = []
            for (minute, events) in arrivals.enumerated() {
                engine.fold(Minutes.batch(events))
                for output in engine.evaluate(at: Minutes.time(minute + 1)) {
                    let text =
                        output.rule.id + " "
                        + (words([output]).first ?? "")
                        .replacing(" late", with: "").replacing(" retracted", with: "")
                    if output.kind == .retracted { said.remove(text) } else { said.insert(text) }
                }
            }
            return said
        }
        var delayed = [[Event]](repeating: [], count: story.count + 12)
        for (minute, events) in story.enumerated() {
            for event in events { delayed[minute + (random.next(10) < 3 ? random.next(11) : 0)].append(event) }
        }
        let punctual = history(story + [[Event]](repeating: [], count: 12))
        #expect(punctual.count > 200, "\(punctual.count)")
        #expect(history(delayed) == punctual)
    }

    @Test func `events before anything that is looked at are left out`() throws {
        var engine = try engine(errors)
        for minute in 0..<200 { _ = engine.evaluate(at: Minutes.time(minute + 1)) }
        engine.fold(Minutes.batch(Minutes.requests(10, 10, errors: 10) + Minutes.requests(199, 10, errors: 10)))
        #expect(engine.tooLate == 10)
        #expect(words(engine.evaluate(at: Minutes.time(201))) == ["200 pending late", "201 cancelled"])
    }
}

/// Numbers that only look random.
struct Shuffled {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next(_ below: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(below))
    }
}
