import Testing
import VarveEvents
import VarveLog
import VarveProjections
import VarveTestSupport

@testable import VarveViews

/// Frames that hold no signal of any view.
struct PassedFramesTests {
    private static let view = ViewDefinition("rollbacks") {
        SignalFilter("optimistic_action.rollback")
        Measure.count("events")
    }

    /// Frames of twenty events; only those of `hits` have one that the view looks at.
    private func append(_ frames: Range<Int>, hits: Set<Int>, to log: TestLog) async throws {
        let writer = try await LogWriter.open(at: log.path, options: log.options)
        for frame in frames {
            var builder = BatchBuilder()
            for row in 0..<20 {
                let signal = hits.contains(frame) && row == 7 ? "optimistic_action.rollback" : "http.request"
                builder.append(Event(time: Timestamp(nanoseconds: Int64(frame * 20 + row) * 1_000_000_000), signal: signal))
            }
            _ = try await writer.append(builder.finish())
        }
        try await writer.close()
    }

    @Test func `a fold passes over frames without a signal of its views, and counts their events all the same`() async throws {
        let log = TestLog(segmentRows: 100_000)
        try await append(0..<15, hits: [2, 5, 14], to: log)
        let reader = try LogReader.open(at: log.path)
        let folded = try ParallelFold.run(reader, FoldPlan([Self.view]), 0..<300, threads: 2)
        #expect(folded.events == 300)
        #expect(folded.passed == 12 * 20)
        #expect(try folded.states.all[0].rows(ViewQuery(bucket: .all)).map { $0["events"] } == [.int(3)])
        let all = ViewDefinition("all") { Measure.count("events") }
        let both = try ParallelFold.run(reader, FoldPlan([Self.view, all]), 0..<300, threads: 1)
        #expect(both.passed == 0)
        #expect(both.events == 300)
    }

    @Test func `a projector that passes over the newest frame knows where it stands`() async throws {
        let log = TestLog(segmentRows: 100_000)
        try await append(0..<3, hits: [1], to: log)
        _ = try Projector.open(at: log.path, views: [Self.view]).runHere()
        try await append(3..<9, hits: [4, 6], to: log)
        let progress = try Projector.open(at: log.path, views: [Self.view]).runHere()
        #expect(progress.offset == Offset(180))
        #expect(progress.events == 120)
        let (stamp, rows) = try ViewStore.open(at: log.path).read { reader throws(ViewError) in
            (try reader.checkpoint().stamp, try reader.rows(of: Self.view, ViewQuery(bucket: .all)))
        }
        var observed: [Int64] = []
        try LogReader.open(at: log.path).scan(179..<180) { observed += $0.observed }
        #expect(stamp.map { [$0.nanoseconds] } == observed)
        #expect(rows.map { $0["events"] } == [.int(3)])
        let again = try Projector.open(at: log.path, views: [Self.view]).runHere()
        #expect(again.rebuilt.isEmpty && again.notes.isEmpty)
    }
}
