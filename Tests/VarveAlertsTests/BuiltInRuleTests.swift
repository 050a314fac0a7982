import Testing
import VarveAlerts
import VarveEvents

/// One built-in rule and what its signals say in well and in bad minutes. Minutes 0 to 9 are well, 10 to 19 bad, 20 to 59 well;
/// the numbers of well minutes lie on the threshold where that is still well.
struct BuiltInCase: CustomTestStringConvertible, Sendable {
    let rule: String
    /// Worked out by hand: a minute is judged when it is over.
    let changes: [String]
    let events: @Sendable (_ minute: Int, _ isBad: Bool) -> [Event]

    var testDescription: String { rule }

    private static func each(_ count: Int, _ body: (Int) -> Event) -> [Event] { (0..<count).map(body) }

    private static func actions(_ minute: Int, starts: Int, rollbacks: Int) -> [Event] {
        each(starts) { Minutes.event("optimistic_action.start", minute, second: $0) }
            + each(rollbacks) { Minutes.event("optimistic_action.rollback", minute, second: $0 + 1) }
    }

    static let documents: [BuiltInCase] = atomic + flashfusion + bookiji
    static let all: [BuiltInCase] = documents + bursts

    static let atomic: [BuiltInCase] = [
        // 3 of 60 are 0.05 and well, 4 are more. Bad from minute 10: known at 11, for five minutes at 16, over at 21.
        BuiltInCase(rule: "high_error_rate", changes: ["11 pending", "16 firing", "21 resolved"]) { minute, isBad in
            Minutes.requests(minute, 60, errors: isBad ? 4 : 3)
        },
        BuiltInCase(rule: "high_response_time", changes: ["11 pending", "16 firing", "21 resolved"]) { minute, isBad in
            each(20) { index in
                let slow = isBad ? 2_100.0 : 1_900.0
                return Minutes.event(
                    "http.request", minute, second: index, ["status": 200, "duration_ms": .double(index < 3 ? slow : 50)])
            }
        },
        // 10 are not more than 10. For two minutes.
        BuiltInCase(rule: "database_connection_errors", changes: ["11 pending", "13 firing", "21 resolved"]) { minute, isBad in
            each(isBad ? 11 : 10) { Minutes.event("db.query", minute, second: $0, ["error": "connection", "type": "read"]) }
        },
        BuiltInCase(
            rule: "queue_backlog", changes: ["11 pending {queue=logs}", "16 firing {queue=logs}", "21 resolved {queue=logs}"]
        ) { minute, isBad in
            [
                Minutes.event("queue.depth", minute, ["queue": "logs", "depth": .int64(isBad ? 1_001 : 1_000)]),
                Minutes.event("queue.depth", minute, ["queue": "analytics", "depth": 3]),
            ]
        },
    ]

    static let flashfusion: [BuiltInCase] = [
        BuiltInCase(
            rule: "pod_success_rate", changes: ["11 firing {channel=printify}", "21 resolved {channel=printify}"]
        ) { minute, isBad in
            [
                Minutes.event(
                    "pod.result", minute,
                    ["channel": "printify", "total_orders": 100, "successful_orders": .int64(isBad ? 94 : 95)])
            ]
        },
        BuiltInCase(
            rule: "integration_uptime", changes: ["11 firing {channel_name=stripe}", "21 resolved {channel_name=stripe}"]
        ) { minute, isBad in
            [Minutes.event("integration.health", minute, ["channel_name": "stripe", "uptime": .double(isBad ? 0.98 : 0.99)])]
        },
        BuiltInCase(
            rule: "integration_response_time", changes: ["11 firing {channel_name=stripe}", "21 resolved {channel_name=stripe}"]
        ) { minute, isBad in
            [
                Minutes.event(
                    "integration.health", minute,
                    ["channel_name": "stripe", "response_time_ms": .double(isBad ? 1_100 : 900)])
            ]
        },
        BuiltInCase(
            rule: "integration_error_rate", changes: ["11 firing {channel_name=stripe}", "21 resolved {channel_name=stripe}"]
        ) { minute, isBad in
            [Minutes.event("integration.health", minute, ["channel_name": "stripe", "error_rate": .double(isBad ? 0.02 : 0.01)])]
        },
    ]

    /// The last three minutes. Well is what a document's rule is told of, and twice of which is not reached.
    static let bursts: [BuiltInCase] = [
        // 6 of 60 are 0.1 and well. At 11 two well minutes and a bad one, 48 of 180; at 22 one bad minute is left, at 23 none.
        BuiltInCase(rule: "burst.high_error_rate", changes: ["11 firing", "23 resolved"]) { minute, isBad in
            Minutes.requests(minute, 60, errors: isBad ? 36 : 6)
        },
        BuiltInCase(rule: "burst.high_response_time", changes: ["11 firing", "23 resolved"]) { minute, isBad in
            each(20) { index in
                let slow = isBad ? 4_100.0 : 3_900.0
                return Minutes.event(
                    "http.request", minute, second: index, ["status": 200, "duration_ms": .double(index < 5 ? slow : 50)])
            }
        },
        // The last depth within the window counts: a well one comes in every minute.
        BuiltInCase(
            rule: "burst.queue_backlog", changes: ["11 firing {queue=logs}", "21 resolved {queue=logs}"]
        ) { minute, isBad in
            [Minutes.event("queue.depth", minute, ["queue": "logs", "depth": .int64(isBad ? 2_001 : 2_000)])]
        },
        // 6 of 30 are 0.2 and well.
        BuiltInCase(rule: "burst.high_rollback_rate", changes: ["11 firing", "23 resolved"]) { minute, isBad in
            actions(minute, starts: 10, rollbacks: isBad ? 3 : 2)
        },
        // 6 of 30 are 0.2 and well; five are less.
        BuiltInCase(rule: "burst.low_retry_success", changes: ["11 firing", "23 resolved"]) { minute, isBad in
            each(10) { Minutes.event("retry.attempt", minute, second: $0) }
                + each(isBad ? 1 : 2) { Minutes.event("retry.success", minute, second: $0) }
                + each(isBad ? 9 : 8) { Minutes.event("retry.failure", minute, second: $0) }
        },
        BuiltInCase(rule: "burst.low_error_recovery", changes: ["11 firing", "23 resolved"]) { minute, isBad in
            each(10) { Minutes.event("error_boundary.triggered", minute, second: $0, session: "\(minute)-\($0)") }
                + each(isBad ? 7 : 8) {
                    Minutes.event("error_boundary.recovered", minute, second: $0, session: "\(minute)-\($0)")
                }
        },
        // 6 of 60 are 0.1 and well.
        BuiltInCase(rule: "burst.slow_actions", changes: ["11 firing", "23 resolved"]) { minute, isBad in
            each(20) { index in
                let isSlow = index < (isBad ? 3 : 2)
                return Minutes.event(
                    "optimistic_action.success", minute, second: index, ["duration_ms": .double(isSlow ? 2_500 : 200)])
            }
        },
    ]

    static let bookiji: [BuiltInCase] = [
        // A quarter of an hour. At 11 it has ten well minutes and a bad one: 12 of 110. At 34 one bad minute is left, at 35 none.
        BuiltInCase(rule: "high_rollback_rate", changes: ["11 firing", "35 resolved"]) { minute, isBad in
            actions(minute, starts: 10, rollbacks: isBad ? 2 : 1)
        },
        // 65 of 110, then 90 of 150 again.
        BuiltInCase(rule: "low_retry_success", changes: ["11 firing", "35 resolved"]) { minute, isBad in
            each(10) { Minutes.event("retry.attempt", minute, second: $0) }
                + each(isBad ? 5 : 6) { Minutes.event("retry.success", minute, second: $0) }
                + each(isBad ? 5 : 4) { Minutes.event("retry.failure", minute, second: $0) }
        },
        BuiltInCase(rule: "low_error_recovery", changes: ["11 firing", "35 resolved"]) { minute, isBad in
            each(10) { Minutes.event("error_boundary.triggered", minute, second: $0, session: "\(minute)-\($0)") }
                + each(isBad ? 8 : 9) {
                    Minutes.event("error_boundary.recovered", minute, second: $0, session: "\(minute)-\($0)")
                }
        },
        BuiltInCase(rule: "slow_actions", changes: ["11 firing", "35 resolved"]) { minute, isBad in
            each(20) { index in
                let isSlow = index < (isBad ? 2 : 1)
                return Minutes.event(
                    "optimistic_action.success", minute, second: index, ["duration_ms": .double(isSlow ? 2_500 : 200)])
            }
        },
        // Bad minutes fail 6 of 10. Over the hour 18 of 130 at 13 are less than 0.144, 24 of 140 at 14 are more. Over five
        // minutes 12 of 50 at 23 are more, 6 of 50 at 24 are less.
        BuiltInCase(rule: "resilience_budget", changes: ["14 firing", "24 resolved"]) { minute, isBad in
            each(isBad ? 4 : 10) { Minutes.event("optimistic_action.success", minute, second: $0) }
                + each(isBad ? 6 : 0) { Minutes.event("optimistic_action.rollback", minute, second: $0) }
        },
    ]
}

struct BuiltInRuleTests {
    @Test(arguments: BuiltInCase.all)
    func `pending, firing and resolved to the minute`(one: BuiltInCase) throws {
        var rule = try #require(BuiltInRules.all.first { $0.id == one.rule })
        #expect(!rule.isEnabled)
        rule.isEnabled = true
        var engine = AlertEngine([rule], Minutes.views)
        engine.start(at: Minutes.time(0))
        var outputs: [AlertOutput] = []
        for minute in 0..<60 {
            engine.fold(Minutes.batch(one.events(minute, (10..<20).contains(minute))))
            outputs += engine.evaluate(at: Minutes.time(minute + 1))
        }
        #expect(words(outputs) == one.changes)
        #expect(engine.failures.isEmpty && engine.alerts.isEmpty)
    }

    @Test func `every rule that the documents name has such a case`() {
        #expect(Set(BuiltInCase.documents.map(\.rule)) == Set(BuiltInRules.documents.map(\.id)))
    }

    @Test func `every built-in rule can be evaluated, and is off`() {
        #expect(Set(BuiltInRules.all.map(\.id)).count == BuiltInRules.all.count)
        for rule in BuiltInRules.all {
            #expect(Minutes.views.problems(of: rule).isEmpty, "\(rule.id): \(Minutes.views.problems(of: rule))")
            #expect(!rule.isEnabled)
        }
    }
}
