import Foundation
import Testing
import VarveServer

@Suite(.serialized) struct PagesOverHTTPTests {
    @Test func `every page answers under a strict policy, and so does its past`() async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<500, signal: "optimistic_action.start"))
            let described = try await server.get("/openapi.json").object()
            let paths = try #require(described["paths"] as? [String: [String: [String: Any]]])
            let pages = paths.filter { path, methods in
                let answers = (methods["get"]?["responses"] as? [String: [String: Any]])?["200"]?["content"] as? [String: Any]
                return answers?["text/html"] != nil && !["/dashboard", "/login", "/account"].contains(path)
                    && !path.hasPrefix("/api/")
            }.keys
            #expect(pages.count >= 24)
            for page in pages.sorted() {
                let path = page.replacing("{name}", with: "volume").replacing("{id}", with: "nobody")
                    .replacing("{rule}", with: "high_error_rate")
                for query in ["", "?at=100"] {
                    let reply = try await server.get(path + query, ["Accept": "text/html"])
                    #expect(reply.status == 200, "\(path): \(reply.status)")
                    #expect(reply.headers["content-type"] == "text/html; charset=utf-8")
                    #expect(reply.headers["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
                    #expect(reply.headers["content-security-policy"]?.contains("unsafe") == false)
                    #expect(reply.headers["x-content-type-options"] == "nosniff")
                    // Under no-referrer a browser sends its forms with Origin: null, and they would be refused.
                    #expect(reply.headers["referrer-policy"] == "same-origin")
                    #expect(reply.body.count < 100_000, "\(path) has \(reply.body.count) bytes")
                    if !query.isEmpty { #expect(reply.headers["varve-offset"] == "100", "\(path)") }
                    if !query.isEmpty { #expect(reply.text.contains("class=\"pastbar\""), "\(path)") }
                }
            }
        }
    }

    @Test func `an address that leads nowhere is a page for a browser, and a problem for a program`() async throws {
        try await ServerInProcess.with { server in
            let page = try await server.get("/nowhere?a=<b>", ["Accept": "text/html,*/*;q=0.8"])
            #expect(page.status == 404 && page.headers["content-type"] == "text/html; charset=utf-8")
            #expect(page.text.contains("<html lang=\"en\">") && page.text.contains("<title>No such page · Varve</title>"))
            #expect(page.text.contains("href=\"/\"") && !page.text.contains("nowhere"))
            for (path, accept) in [("/nowhere", "*/*"), ("/api/v1/nowhere", "text/html")] {
                let problem = try await server.get(path, ["Accept": accept])
                #expect(problem.status == 404 && problem.headers["content-type"] == "application/problem+json", "\(path)")
            }
        }
    }

    @Test func `what a page names is there, for good, and the dashboard is elsewhere`() async throws {
        try await ServerInProcess.with { server in
            let page = try await server.get("/", ["Accept": "text/html"]).text
            let assets = page.matches(of: /(?:href|src)="(\/assets\/[^"]+)"/).map { String($0.1) }
            #expect(assets.count == 3)
            for asset in assets {
                let reply = try await server.get(asset)
                #expect(reply.status == 200 && reply.headers["cache-control"]?.contains("immutable") == true)
            }
            #expect(try await server.get("/assets/varve-0.css").status == 404)
            let greeting = try await server.get("/")
            #expect(greeting.status == 200 && greeting.headers["x-elastic-product"] == "Elasticsearch")
            let moved = try await server.get("/dashboard")
            #expect(moved.status == 302 && moved.headers["location"] == "/")
        }
    }

    @Test func `a chart is an SVG of the view, and a wrong one says what is wrong`() async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<50))
            let chart = try await server.get("/chart.svg?view=volume&by=signal&bucket=minute&width=600&height=240&theme=dark")
            #expect(chart.status == 200 && chart.headers["content-type"] == "image/svg+xml")
            #expect(chart.text.hasPrefix("<svg ") && chart.text.contains("<title"))
            #expect(
                chart.text
                    == (try await server.get("/chart.svg?view=volume&by=signal&bucket=minute&width=600&height=240&theme=dark")
                        .text))
            for (query, status) in [
                ("view=nope", 404), ("view=volume&column=nope", 400), ("view=volume&width=9", 400), ("view=sessions", 400),
                ("view=volume&theme=red", 400), ("", 400), ("view=volume&what=1", 400),
            ] {
                #expect(try await server.get("/chart.svg?" + query).status == status, "\(query)")
            }
        }
    }
}
