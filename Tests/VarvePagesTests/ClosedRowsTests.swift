import Foundation
import Testing
import VarveEvents
import VarveProjections
import VarveWorkspace

@testable import VarvePages

@Suite(.serialized) struct ClosedRowsTests {
    private static let addresses = ["/", "/resilience?from=now-7d", "/monitoring", "/operations?from=now-7d", "/?at=3900"]
    private static let end: Int64 = 1_767_830_340_000_000_000

    private static func action(_ time: Int64, _ number: Int) -> Event {
        let name = number % 3 == 0 ? "rollback" : "start"
        return Event(
            time: Timestamp(nanoseconds: time), signal: "optimistic_action." + name, component: "PaymentButton", attributes: [])
    }

    /// Each page made with what was kept, and made anew.
    private func compare(_ folder: PageFolder, _ sources: PageSources, _ what: Comment) async throws {
        for address in Self.addresses {
            let (kept, anew) = (try await folder.page(address, sources).html, try await folder.page(address).html)
            #expect(kept == anew, what)
        }
    }

    @Test func `a page with kept rows is the page that is read anew, whatever comes later`() async throws {
        try await PageFolder.with { folder in
            let sources = PageSources()
            try await compare(folder, sources, "the first time")
            let first = await sources.closed.uses
            try await compare(folder, sources, "the second time")
            let uses = await sources.closed.uses
            #expect(uses > first + 10, "nothing was taken from what was kept")
            try await folder.workspace.append((0..<60).map { Self.action(Self.end + Int64($0), $0) })
            try await compare(folder, sources, "after events of today")
            #expect(await sources.closed.uses > uses)
            // An event of three days ago changes what was kept.
            let before = await sources.closed.uses
            try await folder.workspace.append((0..<60).map { Self.action(Self.end - 3 * 86_400_000_000_000 + Int64($0), $0) })
            try await compare(folder, sources, "after late events")
            try await compare(folder, sources, "and once more")
            #expect(await sources.closed.uses > before)
        }
    }

    @Test func `only what ended before today is kept, of hours and in full`() {
        let now = Timestamp(nanoseconds: Self.end)
        let month = Timestamp(nanoseconds: Self.end - 30 * 86_400_000_000_000)
        let later = Timestamp(nanoseconds: Self.end + 3_600_000_000_000)
        #expect(ClosedRows.end(Ask("volume", .hour, from: month, to: later), now: now) == PageRange.down(now, 86_400_000_000_000))
        #expect(ClosedRows.end(Ask("volume", .day, from: month, to: later), now: now) == nil)
        #expect(ClosedRows.end(Ask("volume", .hour, from: now, to: later), now: now) == nil)
        #expect(ClosedRows.end(Ask("volume", .hour, from: month, to: month), now: now) == nil)
        #expect(ClosedRows.end(Ask("volume", .hour, from: month, to: later, sort: "events:desc"), now: now) == nil)
        #expect(ClosedRows.end(Ask("volume", .hour, from: Timestamp(nanoseconds: .min), to: later), now: now) == nil)
    }
}
