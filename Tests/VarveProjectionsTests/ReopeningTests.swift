import Testing
import VarveEvents
import VarveHash

@testable import VarveProjections

private let start: Int64 = 1_750_000_000_000_000_000
private let minute: Int64 = 60_000_000_000

/// `{closes: done}` and updates with a status of their own.
private let jobs = EntityDefinition(
    "jobs", key: ["job"],
    rules: [
        .opens("job.queued"), .closes("job.state", when: .field("status", isWord: "done"), status: .field("status")),
        .updates("job.state", status: .field("status")),
    ])

private func said(_ minutes: Int64, _ status: String?, _ signal: String = "job.state") -> Event {
    Event(
        time: Timestamp(nanoseconds: start + minutes * minute), signal: signal,
        attributes: [Attribute("job", .string("a"))] + (status.map { [Attribute("status", .string($0))] } ?? []))
}

private func folded(_ view: EntityDefinition, _ events: [Event]) throws -> SequentialState {
    var state = SequentialState(view)
    for (offset, event) in events.enumerated() {
        var builder = BatchBuilder()
        builder.append(event)
        var batch = builder.finish()
        batch.firstOffset = Offset(UInt64(offset))
        try state.fold(batch)
    }
    return state
}

/// What happens to a thing after it was closed.
struct ReopeningTests {
    @Test func `a closed thing that gets another status is open again, whichever event came first`() throws {
        let events = [said(0, nil, "job.queued"), said(1, "running"), said(2, "done"), said(5, "running"), said(9, "running")]
        for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [3, 2, 4, 0, 1], [2, 4, 3, 1, 0]] {
            let row = try #require(try folded(jobs, order.map { events[$0] }).rows().first)
            #expect(row["status"] == .string("running") && row["open"] == .bool(true) && row["closed"] == .null)
            #expect(row["since"] == .time(Timestamp(nanoseconds: start + 5 * minute)))
            #expect(row["openings"] == .int(2) && row["transitions"] == .int(4))
            // Three minutes in which it was closed do not count.
            #expect(row["seconds_open"]?.text == "360" && row["seconds_in_status"]?.text == "240")
        }
    }

    @Test func `a closed thing stays closed when it gets no status, or the one it was closed with`() throws {
        let events = [said(0, nil, "job.queued"), said(2, "done"), said(3, nil), said(4, "done")]
        let row = try #require(try folded(jobs, events).rows().first)
        #expect(row["open"] == .bool(false) && row["closed"] == .time(Timestamp(nanoseconds: start + 2 * minute)))
        var sealed = jobs
        sealed.rules = [.opens("job.queued"), .closes("job.over", status: .named("done")), jobs.rules[2]]
        let other = try folded(sealed, [said(0, nil, "job.queued"), said(2, nil, "job.over"), said(3, "done")])
        #expect(try other.rows().first?["open"] == .bool(false))
    }

    @Test func `at the same moment the closing comes last`() throws {
        let events = [said(0, nil, "job.queued"), said(2, "done"), said(2, "running")]
        for order in [[0, 1, 2], [2, 1, 0]] {
            let row = try #require(try folded(jobs, order.map { events[$0] }).rows().first)
            #expect(row["status"] == .string("done") && row["open"] == .bool(false))
        }
    }

    @Test func `only definitions whose updates can reopen something have another fingerprint than before`() {
        var open = jobs
        open.rules = [.opens("job.queued"), .closes("job.over"), .updates("job.state")]
        var updates = jobs
        updates.rules = [jobs.rules[2]]
        #expect(jobs.former.count == 2 && open.former.count == 1 && updates.former.count == 1)
        #expect("\(open.fingerprint)".hasPrefix("13c78a45e0569f1b"))
        #expect("\(updates.fingerprint)".hasPrefix("c25cc926f84caf9f"))
    }
}
