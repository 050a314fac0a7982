import Foundation
import Testing
import VarvePages
import VarveProjections
import VarveViews
import VarveWorkspace

@Suite(.serialized) struct PageTests {
    static let addresses = [
        "/", "/monitoring", "/explore", "/explore?view=rollback_rate&by=component&from=now-7d",
        "/explore?view=latency&where=signal%3Dretry.success&show=table", "/explore?view=sessions", "/resilience", "/analytics",
        "/operations", "/business", "/errors", "/sessions", "/events", "/system", "/views", "/views/rollback_rate",
        "/views/sessions", "/log", "/?at=2500", "/resilience?at=2500", "/explore?view=volume&bucket=day&from=now-7d&at=1999",
        "/?from=now-7d", "/resilience?from=now-7d&at=3000", "/explore?view=rollback_rate&show=table&from=now-7d",
        "/explore?view=user_latency&by=component&from=now-7d&show=table", "/explore?view=retry_success&show=table&from=now-7d",
        "/explore?view=user_latency&by=component&from=now-7d&show=table&at=2000", "/?from=now-1h",
        "/?from=2026-01-03&to=2026-01-05",
        "/alerts", "/alerts?at=2500", "/alerts?state=inactive&severity=critical", "/alerts/rules", "/alerts/none",
        "/alerts/rules/high_rollback_rate?from=now-7d", "/alerts/rules/slow_actions?from=now-7d&at=3900",
        "/incidents", "/incidents?at=4030", "/incidents/inc-b", "/incidents/inc-a?at=4032", "/traces",
        "/traces?from=now-7d&at=4060",
        "/traces/11", "/settings", "/users", "/users?at=3000", "/services/mail", "/services/none",
        "/services/%3Cscript%3Ealert%28%22x%22%29%3C%2Fscript%3E%26%27", "/monitoring?from=now-7d",
        "/explore?view=otel_edges&by=service,peer&from=now-1h&show=table",
    ]

    @Test func `every page is whole, small, and lets no text become markup`() async throws {
        try await PageFolder.with { folder in
            for address in Self.addresses {
                let reply = try await folder.page(address)
                #expect(reply.status == 200, "\(address): \(reply.status)")
                #expect(reply.html.hasPrefix("<!doctype html>") && reply.html.hasSuffix("</html>\n"), "\(address)")
                #expect(reply.html.utf8.count < 100_000, "\(address) has \(reply.html.utf8.count) bytes")
                #expect(!reply.html.contains("<script>"), "\(address) runs what was sent")
                #expect(!reply.html.contains(" style=") && !reply.html.contains(" onclick"), "\(address) needs a weaker policy")
                #expect(reply.html.contains("<meta name=\"varve-offset\" content=\"\(reply.offset)\">"), "\(address)")
                #expect(Self.isBalanced(reply.html), "\(address) has an element that does not end")
                #expect(!reply.html.contains(" has no dimension "), "\(address) asks a view for what it does not have")
            }
            let session = try await folder.page("/sessions/" + PageState.encode(PageFolder.evil))
            #expect(session.status == 200 && session.html.contains("&lt;script&gt;") && !session.html.contains("<script>"))
        }
    }

    @Test func `every number on a page is what the view says at the same offset`() async throws {
        try await PageFolder.with { folder in
            var compared = 0
            for address in Self.addresses {
                let reply = try await folder.page(address)
                compared += try await NumberCheck(folder: folder, address: address, reply: reply).run()
            }
            #expect(compared > 2_000, "only \(compared) numbers")
        }
    }

    @Test func `every form and every range keeps the rest of the address`() async throws {
        try await PageFolder.with(events: 500) { folder in
            let address =
                "/explore?view=rollback_rate&by=component&at=400&theme=dark&unknown=kept&where=component%3DPaymentButton"
            let html = try await folder.page(address).html
            let forms = html.components(separatedBy: "<form").dropFirst().map { $0.components(separatedBy: "</form>")[0] }
            #expect(forms.count == 3)
            for form in forms {
                for name in ["view", "by", "at", "theme", "unknown", "where"] {
                    #expect(form.contains("name=\"\(name)\""), "a form drops \(name): \(form.prefix(120))")
                }
                #expect(form.contains("method=\"get\""))
            }
            let links = html.components(separatedBy: "href=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
            let ranges = links.filter { $0.hasPrefix("/explore?") && $0.contains("now-7d") }
            #expect(!ranges.isEmpty)
            for link in ranges {
                for part in ["view=rollback_rate", "at=400", "theme=dark", "unknown=kept", "where="] {
                    #expect(link.contains(part), "\(link) drops \(part)")
                }
            }
            let pages = links.filter { $0.hasPrefix("/resilience") }
            #expect(pages.allSatisfy { $0.contains("at=400") && $0.contains("theme=dark") && !$0.contains("where=") })
        }
    }

    @Test(arguments: [
        ("/?from=never", 422, "never"), ("/?bucket=week", 422, "week"), ("/?from=2026-01-05&to=2026-01-04", 422, "before"),
        ("/?at=99999999", 422, "99999999"), ("/explore?where=foo", 422, "no operator"), ("/explore?view=nope", 422, "nope"),
        ("/explore?view=volume&where=nope%3D1", 422, "nope"), ("/nope", 404, "no page"), ("/views/nope", 404, "no page"),
    ])
    func `what cannot be shown is a page that keeps what was typed`(address: String, status: Int, word: String) async throws {
        try await PageFolder.with(events: 300) { folder in
            let reply = try await folder.page(address)
            #expect(reply.status == status && reply.html.contains("role=\"alert\"") && reply.html.contains(word))
        }
    }

    @Test func `an empty log says how the first event gets into it`() async throws {
        try await PageFolder.with(events: 0) { folder in
            for address in ["/", "/explore", "/resilience"] {
                let reply = try await folder.page(address)
                #expect(reply.status == 200 && reply.html.contains("http://test/api/v1/events"))
            }
        }
    }

    @Test func `a past page says so, and knows nothing of what came later`() async throws {
        try await PageFolder.with { folder in
            let past = try await folder.page("/?at=1000")
            #expect(past.offset == 1_000 && past.html.contains("class=\"pastbar\"") && past.html.contains("<title>Past "))
            let again = try await folder.page("/?at=1000")
            #expect(again.html == past.html)
            try await folder.workspace.append([])
            #expect(!past.html.contains("&lt;script&gt;"), "it shows an event that came later")
        }
    }

    /// Whether each element that begins also ends, in order. What has no end in HTML is left out.
    static func isBalanced(_ html: String) -> Bool {
        let open: Set<Substring> = ["meta", "link", "input", "br", "!doctype"]
        var stack: [Substring] = []
        for tag in html.split(separator: "<").dropFirst(html.hasPrefix("<") ? 0 : 1) {
            guard let end = tag.firstIndex(of: ">") else { return false }
            let inner = tag[..<end]
            if inner.hasPrefix("/") {
                guard stack.popLast() == inner.dropFirst() else { return false }
            } else {
                let name = inner.prefix { $0 != " " && $0 != "/" }
                if !open.contains(name), !inner.hasSuffix("/") { stack.append(name) }
            }
        }
        return stack.isEmpty
    }
}
