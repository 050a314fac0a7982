import Foundation
import Testing
import VarveEvents
import VarveLog
import VarveSettings
import VarveWorkspace

@testable import VarveAlerts

/// Rules in Prometheus' shape.
struct PrometheusRuleTests {
    private static let text = """
        groups:
          - name: api
            interval: 15s
            rules:
              - alert: HighErrors
                expr: sum by (job) (errors) / sum by (job) (requests) > 0.25
                for: 30s
                keep_firing_for: 45s
                labels: {severity: page, team: "{{ $labels.job }}-team"}
                annotations:
                  summary: "{{ $labels.job }} fails {{ $value | humanizePercentage }}"
                  runbook_url: https://example.org/errors
              - alert: Down
                expr: up == 0
              - alert: Down
                expr: absent(up)
                labels: {severity: info}
        """

    private func errors(_ text: String) -> [String] {
        RuleDocument(text, file: "r.yaml").findings(Minutes.views).map(\.description)
    }

    @Test func `the shape is read`() throws {
        let document = RuleDocument(Self.text, file: "r.yaml")
        #expect(document.findings(Minutes.views).isEmpty, "\(document.errors)")
        #expect(document.rules.map(\.id) == ["HighErrors", "Down", "Down.2"])
        let rule = try #require(document.rules.first)
        #expect(rule.severity == .critical && rule.playbook == "https://example.org/errors" && rule.test.threshold == 0.25)
        #expect(rule.source.step == 15_000_000_000 && rule.hold == 30_000_000_000 && rule.group == "api")
        #expect(document.rules[2].severity == .info && document.rules[1].hold == 0)
        #expect(Set(document.rules.map(\.version)).count == 3)
    }

    @Test(arguments: [
        ("expr: sum(rate(x[5m]) > 1", "r.yaml:1:"), ("expr: \"x[5m]\"", "a vector or a scalar"), ("record: a", "recording rules"),
        ("alert: a, expr: 1, for: 5 minutes", "not a valid duration"),
        ("alert: a, expr: 1, labels: {a-b: c}", "no name of a label"),
        ("alert: a, expr: 1, annotations: {s: \"{{ range query }}\"}", "not supported"),
        ("alert: a, expr: 1, colour: red", "unknown key"), ("alert: a", "lacks the key \"expr\""),
    ])
    func `what is wrong is said with its place`(rule: String, wanted: String) {
        let rule = rule.hasPrefix("expr") ? "alert: a, \(rule)" : rule
        let found = errors("groups: [{name: g, rules: [{\(rule)}]}]")
        #expect(found.contains { $0.contains(wanted) }, "\(found)")
    }

    @Test func `an expression that is wrong is told with line and column`() throws {
        let text = "groups:\n- name: g\n  rules:\n  - alert: a\n    expr: up == 1 andd up\n"
        let found = try #require(errors(text).first)
        #expect(found.hasPrefix("r.yaml:5:19:"), "\(found)")
    }

    @Test func `templates`() {
        let labels = ["job": "api"]
        func text(_ template: String, _ value: Double = 0.125) -> String { AlertTemplate.render(template, labels, value: value) }
        #expect(text("{{ $labels.job }}:{{.Labels.none}}!") == "api:!")
        #expect(text("{{ $value }} {{ .Value | humanizePercentage }}") == "0.125 12.5%")
        #expect(text("{{ printf \"%.2f\" $value }} {{ $value | printf \"%.1f\" }}") == "0.12 0.1")
        #expect(
            text("{{ $value | humanize }}", 1_234_567) == "1.235M" && text("{{ humanizeDuration $value }}", 3_725) == "1h 2m 5s")
        #expect(text("{{ $value | humanize1024 }}", 2_048) == "2ki" && text("{{ $value | humanize }}", 0.0012) == "1.2m")
        #expect(AlertTemplate.fault("{{ $labels.a") != nil && AlertTemplate.fault("{{ query \"x\" }}") != nil)
    }

    private func sample(_ name: String, _ second: Int, _ value: Double, _ job: String) -> Event {
        Event(
            time: Minutes.time(0) + .seconds(second), signal: "prometheus.sample",
            attributes: [
                Attribute("label.job", .string(job)), Attribute("name", .string(name)), Attribute("value", .double(value)),
            ])
    }

    private func folder() async throws -> (Workspace, String) {
        let (workspace, path) = try await LiveAlertsTests.folder("[]")
        try Self.text.write(toFile: "\(path)/rules/own.yaml", atomically: true, encoding: .utf8)
        return (workspace, path)
    }

    private func name(_ id: String, _ change: AlertChange) -> String {
        "\(id) \(change.kind.rawValue) \((change.at.nanoseconds - Minutes.start) / 1_000_000_000)"
    }

    @Test func `instants are Prometheus' own, in the order of its state machine`() async throws {
        let (workspace, path) = try await folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        // Bad from 60 to 134: pending at 60, firing at 90; good from 135 on, kept until 180.
        var events: [Event] = []
        for second in stride(from: 0, to: 600, by: 15) {
            let isBad = (60..<135).contains(second)
            events += [
                sample("errors", second, isBad ? 5 : 1, "a"), sample("requests", second, 10, "a"), sample("up", second, 1, "a"),
            ]
        }
        try await workspace.append(events)
        let rules = RuleDocument(Self.text, file: "r.yaml").rules
        let result = try await AlertReplay.run(rules, Minutes.views, from: Minutes.time(0), to: Minutes.time(10), over: workspace)
        let found = result.outputs.map { name($0.rule.id, $0.change) }
        #expect(found == ["HighErrors pending 60", "HighErrors firing 90", "HighErrors resolved 180"], "\(found)")
        let output = try #require(result.outputs.first)
        #expect(output.labels.pairs == ["job": "a", "severity": "page", "team": "a-team"] && output.change.value == 0.5)
        let said = SaidChange(output, offset: Offset(0), viewVersion: 1, viewHash: nil)
        #expect(said.message == "a fails 50%")
        #expect(MessageBodies.labels(said).map(\.value) == ["HighErrors", "a", "page", "a-team"])
        // What is written to the log is read back.
        #expect(SaidChange(said.event(count: 0), at: Offset(0))?.annotations == said.annotations)
        try await workspace.close()
    }

    @Test func `history lived is history replayed, with late samples and kills`() async throws {
        let (workspace, path) = try await folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        var random = Shuffled(seed: 3)
        let steps = 160
        var arrivals = [[Event]](repeating: [], count: steps + 10)
        for step in 0..<steps {
            for job in ["a", "b"] where random.next(12) > 0 {
                let isBad = (step / (job == "a" ? 7 : 5)) % 2 == 1
                let events = [
                    sample("errors", step * 15, isBad ? 5 : 1, job), sample("requests", step * 15, 10, job),
                    sample("up", step * 15, step % 9 == 0 ? 0 : 1, job),
                ]
                arrivals[step + (random.next(8) == 0 ? random.next(9) : 0)] += events
            }
        }
        var alerts = LiveAlerts(workspace, viewFolders: [], hashesViews: false)
        _ = try await alerts.append(try await alerts.begin(at: Minutes.time(0)))
        var kills = 0
        for (step, events) in arrivals.enumerated() {
            if !events.isEmpty { try await workspace.append(events) }
            try await LiveAlertsTests.catchUp(alerts, workspace)
            let now = Minutes.time(0) + .seconds(step * 15 + 15)
            let changes = try await alerts.evaluate(at: now)
            let fate = random.next(20)
            if fate != 0 { _ = try await alerts.append(changes) }
            if fate < 2 {
                alerts = LiveAlerts(workspace, viewFolders: [], hashesViews: false)
                _ = try await alerts.append(try await alerts.begin(at: now))
                kills += 1
            }
        }
        let history = try AlertHistory.read(LogReader.open(at: path))
        let lived = history.said(after: Timestamp(nanoseconds: 0)).map { name($0.alertID, $0.change) }
        let end = Minutes.time(0) + .seconds(arrivals.count * 15)
        let result = try await AlertReplay.run(
            try RuleSet.of(path).rules, Minutes.views, from: Minutes.time(0), to: end, over: workspace)
        let replayed = Set(result.outputs.map { name($0.alertID, $0.change) })
        #expect(Set(lived) == replayed, "\(Set(lived).symmetricDifference(replayed).sorted().prefix(12))")
        #expect(lived.count == Set(lived).count && lived.filter { $0.contains("firing") }.count >= 40 && kills > 6)
        let shown = await alerts.prometheusRules.groups()
        #expect(shown.contains("\"name\":\"HighErrors\"") && shown.contains("\"type\":\"alerting\""), "\(shown.prefix(300))")
        // What fired is explained from the samples.
        let said = try #require(
            history.said(after: Timestamp(nanoseconds: 0)).last { $0.change.kind == .firing && $0.rule == "HighErrors" })
        let rule = try #require(try RuleSet.of(path).rules.first { $0.id == "HighErrors" })
        let explanation = try await AlertExplanation.derive(said, rule, Minutes.views, over: workspace)
        #expect(explanation.result == .match, "\(explanation.json)")
        try await workspace.close()
    }

    @Test func `a view's bucket counts when it is over`() async throws {
        let text = """
            groups:
              - name: views
                rules:
                  - alert: Errors
                    expr: requests_error_rate{bucket="minute"} > 0.4
            """
        let (workspace, path) = try await LiveAlertsTests.folder("[]")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await workspace.append(Minutes.requests(3, 10, errors: 5) + Minutes.requests(4, 10, errors: 1))
        let rules = RuleDocument(text, file: "r.yaml").rules
        let result = try await AlertReplay.run(rules, Minutes.views, from: Minutes.time(0), to: Minutes.time(8), over: workspace)
        let instants = result.outputs.map { "\($0.change.kind.rawValue) \(Minutes.number($0.change.at) ?? -1)" }
        #expect(instants == ["firing 4", "resolved 5"], "\(instants)")
        try await workspace.close()
    }
}
