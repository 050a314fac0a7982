import Foundation
import Testing
import VarveCharts
import VarveEvents
import VarveProjections

@testable import VarvePages

@Suite(.serialized) struct ServiceAndUserPageTests {
    @Test func `each service has its uptime beside it, and a page of diagnostics behind it`() async throws {
        try await PageFolder.with(events: 300) { folder in
            let monitoring = try await folder.page("/monitoring").html
            let path = "/services/" + PageState.encode(PageFolder.evil)
            #expect(monitoring.contains("href=\"/services/mail\"") && monitoring.contains("href=\"\(path)\""))
            let row = try #require(monitoring.components(separatedBy: "<tr ").first { $0.contains("/services/mail") })
            #expect(row.contains("<data value=\"1.0\" data-view=\"health_checks\" data-column=\"uptime\""), "\(row)")
            #expect(row.contains("aria-label=\"Last 30 days: "))
            let bad = try await folder.page(path).html
            #expect(bad.contains("data-status=\"critical\"") && bad.contains("is unhealthy"))
            #expect(bad.contains("Last checks") && bad.contains("When it changed"))
            #expect(bad.components(separatedBy: "<li id=\"e").count == 1 + 20, "twenty checks are its own")
            #expect(try await folder.page("/services/none").html.contains("No check of this service"))
        }
    }

    @Test func `the users behind the number are those of the newest sessions`() async throws {
        try await PageFolder.with(events: 2_000) { folder in
            let html = try await folder.page("/users").html
            #expect(html.contains("data-view=\"active_users\"") && html.contains("Who was there"))
            #expect(html.contains("/events?user="))
            let times = html.matches(of: /<td role="cell" class="m"><time datetime="([^"]+)"/).map { String($0.1) }
            #expect(times.count > 10 && times.count <= UsersPage.most && times == times.sorted(by: >), "the newest first")
            let monitoring = try await folder.page("/monitoring").html
            #expect(monitoring.contains("<a href=\"/users\">Users</a>"))
        }
    }

    @Test func `a hidden page is no page, nothing leads to it, and the others stay`() async throws {
        try await PageFolder.with(events: 1_000) { folder in
            var sources = PageSources()
            sources.hidden = HiddenPaths(["/alerts", "/errors/", "//business"])
            for address in ["/alerts", "/alerts/rules", "/alerts/rules/high_error_rate", "/errors", "/business"] {
                #expect(try await folder.page(address).status == 200, "\(address) is there without a profile")
                let reply = try await folder.page(address, sources)
                #expect(reply.status == 404 && reply.html.contains("There is no page"), "\(address)")
            }
            for address in PageTests.addresses where !sources.hidden.contains(address) {
                let html = try await folder.page(address, sources).html
                for link in html.matches(of: /(?:href|action)="(\/[^"]*)"/) {
                    #expect(!sources.hidden.contains(String(link.1)), "\(address) leads to \(link.1)")
                }
            }
        }
    }

    @Test(arguments: [
        ("/alerts", true), ("/alerts/", true), ("//alerts", true), ("/alerts/rules/x", true), ("/alerts?at=1", true),
        ("/alertsome", false), ("/", false), ("/api/alerts", false),
    ])
    func `a hidden path is hidden with what is below it, however it is written`(path: String, isHidden: Bool) {
        #expect(HiddenPaths(["/alerts"]).contains(path) == isHidden)
        #expect(!HiddenPaths(["/", ""]).contains(path), "everything cannot be hidden")
    }
}
