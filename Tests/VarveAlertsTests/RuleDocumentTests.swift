import Testing
import VarveAlerts
import VarveCatalog
import VarveEvents
import VarveSettings

struct RuleDocumentTests {
    private func errors(_ text: String) -> [String] {
        RuleDocument(text, file: "r.yaml").findings(Minutes.views).map(\.description)
    }

    @Test func `the documents' shape`() throws {
        let json = """
            [{"id": "high_error_rate", "name": "High Error Rate", "condition": "error_rate", "threshold": 0.05, "duration": 300,
              "severity": "critical", "channels": ["email", "slack", "pagerduty"], "enabled": true}]
            """
        let rule = try Minutes.rule(json)
        #expect(rule.name == "High Error Rate" && rule.severity == .critical && rule.channels.count == 3 && rule.isEnabled)
        #expect(rule.conditionText == "requests.error_rate over 1 minute > 0.05, for 5m")
        #expect(errors(json).isEmpty)
        let own = try #require(BuiltInRules.all.first { $0.id == "high_error_rate" })
        #expect(rule.version == own.version, "the built-in rule is the document's")
    }

    @Test func `a metric's two thresholds are two rules`() throws {
        let text = """
            thresholds:
              - {metric_type: cpu, warning: 0.8, critical: 0.95, duration: 300}
              - {metric_type: free_slots, warning_threshold: 10, critical_threshold: 3, duration: 60, enabled: false}
            """
        let document = RuleDocument(text, file: "r.yaml")
        #expect(document.findings(Minutes.views).isEmpty)
        #expect(document.rules.map(\.id) == ["cpu:warning", "cpu:critical", "free_slots:warning", "free_slots:critical"])
        #expect(
            document.rules[1].conditionText
                == "system_resources.mean where resource=\"system.cpu\" by host over 1 minute > 0.95, for 5m")
        #expect(document.rules[3].conditionText.contains("metric_type=\"free_slots\" over 1 minute < 3, for 1m"))
        #expect(document.rules.map(\.isEnabled) == [true, true, false, false])
    }

    @Test func `all that a condition can say`() throws {
        let text = """
            rules:
              - id: a
                condition:
                  view: requests
                  column: error_rate
                  is: ">="
                  window: 5m
                  by: [path]
                  where: ["method=GET", "path~/api"]
                  min_count: 20
                  count: requests
                threshold: 0.1
                for: 1h30m
                keep_firing_for: 90s
                matches: 3 of 5
                no_data: resolve
                labels: {team: web}
              - id: b
                condition: {view: requests, column: requests, is: ">", changed_since: 1h, window: 10m}
                threshold: 0.5
              - id: c
                condition: {view: volume, column: events, bucket: hour, band: normal, side: below, history: 14d}
              - id: d
                condition: {view: volume, column: events, absent: true, by: [signal], history: 2h}
              - id: e
                condition: {view: requests, column: error_rate, burn: {target: 0.999, of: bad, long: 1h, short: 5m, factor: 14.4}}
            """
        #expect(errors(text) == [])
        let rules = RuleDocument(text, file: "r.yaml").rules
        #expect(
            rules.map(\.conditionText) == [
                "requests.error_rate where method=GET and path~/api by path over 5 minutes >= 0.1, at least 20 requests, 3 of 5, "
                    + "for 1h30m, kept for 1m30s, no data: resolve",
                "requests.requests over 10m, every 3s changed > 0.5 since 1h ago",
                "volume.events over 1 hour below its band (normal, 336 hours)",
                "volume.events by signal over 1 minute absent (known for 120 minutes)",
                "requests.error_rate over 1 minute burns 14.4 times the budget of 0.999 bad over 60 and 5 minutes",
            ])
        #expect(Set(rules.map(\.version)).count == 5)
    }

    @Test(arguments: [
        ("{id: a, condition: error_rate}", "r.yaml:1:20: the condition \"error_rate\" needs a threshold"),
        ("{id: a, condition: eror_rate > 1}", "did you mean \"error_rate\""),
        (
            "{id: a, condition: error_rate > 0.1, severety: info}",
            "r.yaml:1:38: unknown key \"severety\"; did you mean \"severity\"?"
        ),
        ("{id: a, condition: error_rate > 0.1, duration: soon}", "must be a duration"),
        ("{id: a, condition: error_rate > 0.1, duration: 1, for: 1}", "two names of one thing"),
        ("{id: a, condition: error_rate > 5}", "a share between 0 and 1; 5 per cent is 0.05"),
        ("{id: a, condition: requests.eror_rate > 0.1}", "view requests has no column \"eror_rate\" of numbers; did you mean"),
        ("{id: a, condition: nothing.x > 0.1}", "there is no view \"nothing\""),
        ("{id: a, condition: sessions.x > 0.1}", "rules look at views with buckets"),
        ("{id: a b, condition: error_rate > 0.1}", "1 to 100 letters"),
        ("{condition: error_rate > 0.1}", "lacks the key \"id\""),
        ("[{id: a, condition: error_rate > 0.1}, {id: a, condition: error_rate > 0.2}]", "there is a rule \"a\" already"),
        ("{id: a, condition: {view: requests, column: p95_ms, is: '>', window: 90s}, threshold: 1, every: 1m}", "times 1m"),
        ("{id: a, condition: error_rate > 0.1, every: 7s}", "must divide a minute"),
        ("{id: a, condition: {view: volume, column: events, band: normal}, every: 5s}", "not for band"),
        ("{id: a, condition: {view: requests, column: p95_ms, is: '>', by: [pth]}, threshold: 1}", "no dimension \"pth\""),
        ("{id: a, condition: {view: volume, column: events, is: '>', changed_since: 2w}, threshold: 1}", "coarser bucket"),
        ("{id: a, condition: error_rate > 0.1, matches: 6 of 5}", "3 of 5"),
        ("id: [", "not YAML"), ("- - -", "must be a mapping"),
        ("{id: a, condition: error_rate > nan}", "is no number"),
    ])
    func `what is wrong is said with its place`(text: String, wanted: String) {
        let found = errors(text)
        #expect(found.contains { $0.contains(wanted) }, "\(found)")
    }

    @Test func `one bad rule hides no other`() {
        let document = RuleDocument("[{id: a}, {id: b, condition: error_rate > 0.1}, {id: c, x: 1}]", file: "r.yaml")
        #expect(document.rules.map(\.id) == ["b"] && document.errors.count == 2)
        #expect(document.errors.map(\.line) == [1, 1] && document.errors[0].column < document.errors[1].column)
    }

    @Test func `what updateConfig sets is set of FlashFusion's four rules, in fractions`() throws {
        var history = AlertHistory()
        for (key, value) in [
            ("alertConfig.enabled", "true"), ("alertConfig.thresholds.podSuccessRate", "98"),
            ("alertConfig.thresholds.responseTime", "500"), ("alertConfig.thresholds.other", "1"), ("updateInterval", "30000"),
        ] {
            let event = Minutes.event("config.changed", 0, ["key": .string(key), "value": .string(value)])
            history.add(event, at: Offset(0))
        }
        let rules = BuiltInRules.all.map { history.settings.applied(to: $0) }
        let pod = try #require(rules.first { $0.id == "pod_success_rate" })
        #expect(pod.isEnabled && pod.conditionText == "pod_orders.success_rate by channel over 1 minute < 0.98")
        let response = try #require(rules.first { $0.id == "integration_response_time" })
        #expect(response.conditionText == "integrations.p95_ms by channel_name over 1 minute > 500")
        #expect(rules.first { $0.id == "high_error_rate" }?.isEnabled == false)
    }

    @Test func `a rule that must hold for less than a minute is evaluated more often`() throws {
        func text(_ rule: String) throws -> String { try Minutes.rule("{id: a, \(rule)}").conditionText }
        #expect(try text("condition: error_rate > 0.1") == "requests.error_rate over 1m, every 1s > 0.1")
        #expect(try text("condition: error_rate > 0.1, for: 1m") == "requests.error_rate over 1 minute > 0.1, for 1m")
        #expect(try text("condition: error_rate > 0.1, every: 1m") == "requests.error_rate over 1 minute > 0.1")
        #expect(try text("condition: error_rate > 0.1, for: 2m, every: 10s").contains("over 1m, every 10s"))
        let wide = "condition: {view: requests, column: p95_ms, is: '>', window: 15m}, threshold: 1"
        #expect(try text(wide).contains("over 15m, every 3s"))
        let narrow = "condition: {view: requests, column: p95_ms, is: '>', window: 30s}, threshold: 1, for: 5m"
        #expect(try text(narrow).contains("over 30s, every 1s"))
        #expect(try text("condition: error_rate > 0.1, matches: 3 of 5").contains("over 1 minute"), "it counts minutes")
        #expect(BuiltInRules.all.allSatisfy { !$0.conditionText.contains("every") })
    }

    @Test func `durations`() {
        let second: Int64 = 1_000_000_000
        #expect(RuleDuration.parse("300") == 300 * second && RuleDuration.parse("1h30m") == 5_400 * second)
        #expect(RuleDuration.parse("0") == 0 && RuleDuration.parse("2w") == 1_209_600 * second)
        for text in ["", "m", "5x", "5m1h", "5m5", "-1", "1.5h", "99999999999999999999", "400d", "5m5m"] {
            #expect(RuleDuration.parse(text) == nil, "\(text)")
        }
        for nanoseconds in [0, 59, 3_661, 694_861].map({ $0 * second }) {
            #expect(RuleDuration.parse(RuleDuration.text(nanoseconds)) == nanoseconds)
        }
    }
}
