import Foundation
import Testing
import VarveAlerts
import VarveServer
import VarveTestSupport

/// Forms of pages: what they change, who may send them, and what is shown of one that was refused.
@Suite(.serialized) struct FormsOverHTTPTests {
    private static let html = ["Accept": "text/html"]

    private func form(
        _ server: ServerInProcess, _ path: String, _ body: String, _ headers: [String: String] = ["Sec-Fetch-Site": "same-origin"]
    ) async throws -> Reply {
        try await server.call(
            "POST", path, ["Content-Type": "application/x-www-form-urlencoded"].merging(headers) { $1 }, Array(body.utf8))
    }

    @Test func `a form of another site is refused, whatever the browser knows of its user`() async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<10))
            let body = "title=x&severity=low&back=%2Fincidents"
            for (headers, status) in [
                (["Sec-Fetch-Site": "cross-site"], 403), (["Sec-Fetch-Site": "same-site"], 403),
                (["Origin": "http://evil.example"], 403),
                (["Origin": "null"], 403), ([:], 400), (["Sec-Fetch-Site": "same-origin"], 303),
                (["Origin": "http://127.0.0.1:\(server.port)", "Host": "127.0.0.1:\(server.port)"], 303),
            ] {
                #expect(try await form(server, "/incidents", body, headers).status == status, "\(headers)")
            }
            // With tokens, too: what a browser sends by itself is no consent.
            let secret = try TokenStore(at: server.folder).create(name: "all", scopes: [.admin]).secret
            try await Task.sleep(for: .milliseconds(700))
            let basic = "Basic " + Data("x:\(secret)".utf8).base64EncodedString()
            #expect(
                try await form(server, "/incidents", body, ["Authorization": basic, "Sec-Fetch-Site": "cross-site"]).status == 403
            )
            #expect(
                try await form(server, "/incidents", body, ["Authorization": basic, "Origin": "http://evil.example"]).status
                    == 403)
            let own = ["Authorization": basic, "Sec-Fetch-Site": "same-origin"]
            #expect(try await form(server, "/incidents", body, own).status == 303)
            #expect(try await form(server, "/incidents", body, own.merging(["Content-Type": "text/plain"]) { $1 }).status == 415)
            let events = try await server.get("/api/v1/events?signal=incident.*", ["Authorization": "Bearer \(secret)"]).text
            #expect(events.split(separator: "\n").count == 3)
        }
    }

    @Test func `a form leads back to its page, and to no other site`() async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<10))
            _ = try await server.post(
                #"{"signal":"incident.opened","time":"2026-01-21T14:00:00Z","#
                    + #""data":{"incident_id":"i1","title":"t","status":"open"}}"#
                    + "\n")
            for (back, wanted) in [
                ("%2Fincidents%2Fi1%3Ffrom%3Dnow-1h", "/incidents/i1?from=now-1h"), ("https%3A%2F%2Fevil.example", "/incidents"),
                ("%2F%2Fevil.example", "/incidents"), ("%2F%5Cevil.example", "/incidents"), ("%2Fx%0D%0AX%3A1", "/incidents"),
            ] {
                let reply = try await form(server, "/incidents/i1/notes", "text=seen&back=\(back)")
                #expect(reply.status == 303 && reply.headers["location"] == wanted, "\(back): \(reply.headers["location"] ?? "")")
            }
        }
    }

    @Test func `an incident is opened, noted and closed by its forms`() async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<10))
            let opened = try await form(server, "/incidents", "title=Payments+roll+back&severity=critical&by=ann")
            let path = try #require(opened.headers["location"])
            #expect(opened.status == 303 && path.hasPrefix("/incidents/inc-"))
            #expect(try await form(server, path + "/notes", "text=It+is+%3Cb%3Ethe+gateway&by=ann").status == 303)
            let page = try await server.get(path, Self.html).text
            #expect(page.contains("Payments roll back") && page.contains("Note by ann: It is &lt;b&gt;the gateway"))
            #expect(page.contains("critical"))
            #expect(try await form(server, path, "status=resolved&root_cause=gateway&by=ann").status == 303)
            let over = try await server.get(path, Self.html).text
            #expect(over.contains("Resolved") && over.contains("cause: gateway"))
            let id = path.replacing("/incidents/", with: "")
            let rows = try await server.get("/api/v1/views/incidents?where=incident_id%3D\(id)").text
            #expect(rows.contains("\"status\":\"resolved\"") && rows.contains("\"severity\":\"critical\""))
            let wrong = try await form(server, path, "status=perhaps&root_cause=kept+words&back=%2Fincidents")
            #expect(wrong.status == 422 && wrong.text.contains("role=\"alert\"") && wrong.text.contains("value=\"kept words\""))
            #expect(try await form(server, path + "/notes", "text=").status == 422)
        }
    }

    @Test func `a token is made by a form, shown once, works, and is revoked`() async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<10))
            let refused = try await form(server, "/settings/tokens", "name=reader")
            #expect(
                refused.status == 422 && refused.text.contains("at least one thing") && refused.text.contains("value=\"reader\""))
            let admin = try await form(server, "/settings/tokens", "name=chief&scope=admin")
            let secret = try #require(admin.text.firstMatch(of: /vt_[a-z2-7]+\.[a-z2-7]+/)).output
            #expect(admin.status == 200 && admin.headers["cache-control"] == "no-store")
            try await Task.sleep(for: .milliseconds(700))
            let bearer = ["Authorization": "Bearer \(secret)", "Accept": "text/html", "Sec-Fetch-Site": "same-origin"]
            #expect(try await server.get("/settings", Self.html).status == 401)
            let page = try await server.get("/settings", bearer).text
            #expect(page.contains("chief") && !page.contains(secret))
            let made = try await form(server, "/settings/tokens", "name=reader&scope=read&expires=1d", bearer)
            let reader = try #require(made.text.firstMatch(of: /vt_[a-z2-7]+\.[a-z2-7]+/)).output
            try await Task.sleep(for: .milliseconds(700))
            let reading = ["Authorization": "Bearer \(reader)", "Accept": "text/html", "Sec-Fetch-Site": "same-origin"]
            let limited = try await server.get("/settings", reading).text
            #expect(
                limited.contains("needs the right admin") && !limited.contains("chief") && !limited.contains("method=\"post\""))
            #expect(try await form(server, "/settings/tokens", "name=more&scope=admin", reading).status == 403)
            #expect(try await form(server, "/incidents", "title=x", reading).status == 403)
            let id = reader.prefix { $0 != "." }
            #expect(try await form(server, "/settings/tokens/\(id)/revoke", "", bearer).status == 303)
            try await Task.sleep(for: .milliseconds(700))
            #expect(try await server.get("/settings", reading).status == 401)
        }
    }

    @Test func `a rule is switched and set by its form, alerts are silenced, a channel is tried`() async throws {
        try await ServerInProcess.with({ $0.alerts = AlertOptions() }) { server in
            _ = try await server.post(lines(0..<10))
            try await waitUntil { try await server.get("/api/v1/rules").status == 200 }
            let rule = "/alerts/rules/queue_backlog"
            #expect(try await server.get(rule, Self.html).text.contains("this rule is off"))
            let on = try await form(server, rule, "enabled=true&by=ann&back=\(PageText.encode(rule + "?threshold=7"))")
            #expect(on.status == 303 && on.headers["location"] == rule)
            #expect(try await form(server, rule, "threshold=77&by=ann").status == 303)
            let page = try await server.get(rule, Self.html).text
            #expect(!page.contains("this rule is off") && page.contains("&gt; 77"))
            #expect(try await form(server, rule, "threshold=much&back=\(PageText.encode(rule))").text.contains("value=\"much\""))
            #expect(try await form(server, "/alerts/rules/nope", "enabled=true").status == 404)
            // What was tried is saved: with the duration and the severity too.
            let trial = "threshold=77&for=7m&severity=info&by=ann&back=\(PageText.encode(rule + "?threshold=77&for=7m&sweep=1"))"
            let saved = try await form(server, rule, trial)
            #expect(saved.status == 303 && saved.headers["location"] == rule + "?sweep=1")
            let set = try await server.get(rule, Self.html).text
            #expect(set.contains("for 7m") && set.contains("text\">info") || set.contains(">info</span>"))
            let told = try await server.get("/api/v1/rules").text
            #expect(told.contains("\"info\""))
            #expect(try await form(server, rule, "for=long&back=\(PageText.encode(rule))").text.contains("value=\"long\""))
            #expect(try await form(server, rule, "severity=grave&back=\(PageText.encode(rule))").status == 422)
            #expect(try await form(server, rule, "for=7m&severity=info").status == 422, "nothing of it changes")
            let silenced = try await form(
                server, "/alerts/silences", "matcher=rule%3Dqueue_backlog&matcher=&for=2h&by=ann&comment=known")
            #expect(silenced.status == 303 && silenced.headers["location"] == "/alerts")
            let alerts = try await server.get("/alerts", Self.html).text
            #expect(alerts.contains("rule=queue_backlog") && alerts.contains("known") && alerts.contains("1 in force"))
            let end = try #require(alerts.firstMatch(of: /\/alerts\/silences\/[0-9a-f]+\/end/)).output
            // Alerting takes what was appended before it can be ended.
            try await waitUntil { try await form(server, String(end), "by=ann").status == 303 }
            #expect(try await server.get("/alerts", Self.html).text.contains("0 in force"))
            #expect(try await form(server, "/alerts/silences", "for=2h").status == 422)
            #expect(try await form(server, "/alerts/none/ack", "").status == 422)
            let tried = try await form(server, "/settings/channels/console/test", "")
            #expect(tried.status == 200 && tried.text.contains("delivered"))
            #expect(try await form(server, "/settings/channels/none/test", "").status == 404)
        }
    }

    @Test func `a trace's page shows what the interface says of it, its missing parents too`() async throws {
        try await ServerInProcess.with { server in
            let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
            func span(
                _ id: String, _ parent: String, _ name: String, _ component: String, _ at: Int, _ length: Int, _ more: String = ""
            )
                -> String
            {
                let data =
                    #""trace_id":"\#(trace)","span_id":"\#(id)","parent_id":"\#(parent)","name":"\#(name)","kind":"client""#
                    + #","peer":"gateway","duration_ms":\#(length)\#(more)"#
                return
                    #"{"signal":"otel.span","time":"2026-01-21T14:00:00.\#(String(format: "%03d", at))Z","#
                    + #""component":"\#(component)""#
                    + #","data":{\#(data)}}"# + "\n"
            }
            let body =
                span("a1", "", "GET /pay", "web", 0, 400) + span("b1", "a1", "charge", "payments", 50, 300, #","status":"error""#)
                + span("c1", "b1", "SELECT", "postgres", 60, 20) + span("d1", "ff", "orphan", "queue", 100, 10)
            _ = try await server.post(body)
            let page = try await server.get("/traces/\(trace)?sel=b1", Self.html)
            let said = try await server.get("/api/v1/traces/\(trace)").object()
            #expect(page.status == 200 && page.text.contains("GET /pay"))
            let spans = try #require(said["spans"] as? [[String: Any]])
            for span in spans {
                let (length, own) = (span["duration_ms"] as? Double ?? -1, span["self_ms"] as? Double ?? -1)
                for value in [length, own] { #expect(page.text.contains(">\(Int(value))\u{202F}ms</td>"), "\(span)") }
            }
            let critical = spans.count { $0["critical"] as? Bool == true }
            #expect(page.text.components(separatedBy: "class=\"cp\"").count == critical + 1)
            #expect(page.text.contains("parent ff missing") && page.text.contains("failed"))
            let list = try await server.get("/traces?from=2026-01-21&to=2026-01-22&error=1&min_duration=100ms", Self.html).text
            #expect(
                list.contains("/traces/\(trace)") && list.contains("Service map") && list.contains("data-view=\"otel_edges\""))
            for query in ["service=nobody", "min_duration=1s", "name=GET"] {
                let none = try await server.get("/traces?from=2026-01-21&to=2026-01-22&\(query)", Self.html).text
                #expect(!none.contains("/traces/\(trace)"), "\(query)")
            }
            let wrong = try await server.get("/traces?min_duration=soon", Self.html)
            #expect(wrong.status == 422 && wrong.text.contains("value=\"soon\""))
        }
    }
}

private enum PageText {
    static func encode(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text }
}
