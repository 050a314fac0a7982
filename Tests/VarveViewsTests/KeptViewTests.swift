import Testing
import VarveDisk
import VarveEvents
import VarveLog
import VarveProjections
import VarveTestSupport

@testable import VarveViews

private let debt = EntityDefinition(
    "debt", key: ["debt_id"], rules: [.opens("debt.added"), .closes("debt.done", status: .named("done"))])
private let counts = ViewDefinition("counts") { Measure.count("events") }
private let start: Int64 = 1_800_000_000_000_000_000
private let hour: Int64 = 3_600_000_000_000

/// Each word is an event: `+a` adds debt a, `-a` says it is done, anything else is noise. Two events are a segment.
private func append(_ words: String, to log: TestLog) async throws {
    let writer = try await LogWriter.open(at: log.path, options: log.options)
    let list = words.split(separator: " ").map(String.init)
    for first in stride(from: 0, to: list.count, by: 2) {
        var builder = BatchBuilder()
        for word in list[first..<min(first + 2, list.count)] {
            let signal = word.hasPrefix("+") ? "debt.added" : word.hasPrefix("-") ? "debt.done" : "noise"
            builder.append(
                Event(
                    time: Timestamp(nanoseconds: start), signal: signal,
                    attributes: [Attribute("debt_id", .string(String(word.dropFirst())))]))
        }
        _ = try await writer.append(builder.finish())
    }
    try await writer.close()
}

/// Removes everything that is sealed.
private func retain(_ log: TestLog, _ bases: ((BaseRequest) throws -> [BaseBlob])?) throws -> RetentionPlan {
    var request = RetentionRequest(limit: 0)
    request.now = Timestamp(nanoseconds: start + 1_000 * hour)
    request.isConfirmed = true
    return try LogMaintenance.open(at: log.path).retain(request, bases: bases)
}

struct KeptViewTests {
    @Test func `a view of things without a base begins with what is open below R, and its next base goes on from there`()
        async throws
    {
        let log = TestLog(segmentRows: 2)
        log.options.clock = tickingClock(from: start, by: hour)
        log.options.rules = [
            RetentionRule(
                signals: "debt.*", whileOpen: OpenCondition(keys: ["debt_id"], opens: "debt.added", closes: "debt.done"))
        ]
        try await append("+a +b -b x +c x x x", to: log)
        let all: [AnyView] = [.sequential(debt), .mergeable(counts)]
        // Nobody keeps a view yet: there are no bases.
        let plan = try retain(log, nil)
        #expect(plan.retained == 6 && plan.kept.events == 2)
        let history = try ViewHistory.open(at: log.path)
        #expect(try history.state(of: debt, asOf: .now).entryCount == 2)
        #expect(try history.completeFrom(.sequential(debt)).value == 6)
        // A view that counts does not: what is kept is a selection.
        #expect(try history.rows(of: counts, ViewQuery(bucket: .all)).first?["events"] == .int(2))

        _ = try Projector.open(at: log.path, all: all).runHere()
        #expect(try log.storedState(debt).canonicalBytes() == history.state(of: debt, asOf: .now).canonicalBytes())
        try await append("-a x x +d x x", to: log)
        _ = try Projector.open(at: log.path, all: all).runHere()
        let before = try log.storedState(debt).canonicalBytes()
        let next = try retain(log, BaseBuilder(at: log.path, known: all).bases)
        #expect(next.retained == 12 && next.kept.events == 2)
        #expect(try history.state(of: debt, asOf: .now).canonicalBytes() == before)
        for folder in ["views", "states", "snapshots"] { removeTree(log.path + "/" + folder) }
        _ = try Projector.open(at: log.path, all: all).runHere()
        #expect(try log.storedState(debt).canonicalBytes() == before)
    }
}
