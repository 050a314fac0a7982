import Testing
import VarvePromQL

/// What a query may cost, and how it ends that costs more.
struct LimitTests {
    private let loaded = LoadedSeries("x{i=\"1\"} 0+1x100", "x{i=\"2\"} 0+1x100", every: 60)

    private func code(_ text: String, _ change: (inout PromQLLimits) -> Void) -> PromQLError.Code? {
        var limits = PromQLLimits()
        change(&limits)
        let error = #expect(throws: PromQLError.self) {
            try PromQLQuery(text, limits: limits).evaluate(from: 0, to: 6_000_000, step: 60_000, over: loaded)
        }
        return error?.code
    }

    @Test func `samples are counted, those read and those made`() {
        #expect(code("x") { $0.samplesMax = 150 } == .tooManySamples)
        #expect(code("x + x + x") { $0.samplesMax = 500 } == .tooManySamples)
        #expect(code("count_values(\"v\", x)") { $0.samplesMax = 3_000 } == .tooManySamples)
    }

    @Test func `steps are counted, those of subqueries too`() {
        #expect(code("x") { $0.stepsMax = 100 } == .tooManySamples)
        #expect(code("sum_over_time(x[1h:1s])") { $0.stepsMax = 1_000 } == .tooManySamples)
    }

    @Test func `the caller can stop it`() throws {
        var asked = 0
        let error = #expect(throws: PromQLError.self) {
            try PromQLQuery("x + x + x").evaluate(at: 0, over: loaded) {
                asked += 1
                return asked > 4 ? PromQLError(.stopped, "query timed out") : nil
            }
        }
        #expect(error?.code == .stopped && asked == 5)
    }

    @Test func `it stops within a series too, however much its windows lie upon each other`() throws {
        let one = LoadedSeries("x 0+1x5000", every: 1)
        var asked = 0
        let error = #expect(throws: PromQLError.self) {
            try PromQLQuery("sum_over_time(x[5000s])").evaluate(from: 0, to: 5_000_000, step: 1_000, over: one) {
                asked += 1
                return asked > 8 ? PromQLError(.stopped, "query timed out") : nil
            }
        }
        #expect(error?.code == .stopped)
        #expect(try one.answer("absent_over_time(x[1m])", from: 4_900, to: 5_200, step: 100) == ["{} 1@5100 1@5200"])
    }

    @Test func `it stops between pairs of series, of which there are more than series`() {
        let pairs = LoadedSeries(
            "m{i=\"1\",k=\"a\"} 0+1x5", "m{i=\"2\",k=\"a\"} 0+1x5", "m{i=\"3\",k=\"a\"} 0+1x5", "m{i=\"4\",k=\"a\"} 0+1x5",
            "m{i=\"5\",k=\"a\"} 0+1x5", "o{k=\"a\",p=\"1\"} 1", "o{k=\"a\",p=\"2\"} _ 1", "o{k=\"a\",p=\"3\"} _ _ 1",
            "o{k=\"a\",p=\"4\"} _ _ _ 1", "o{k=\"a\",p=\"5\"} _ _ _ _ 1", every: 600)
        var asked = 0
        let error = #expect(throws: PromQLError.self) {
            try PromQLQuery("m * on(k) group_left(p) o").evaluate(from: 0, to: 3_000_000, step: 600_000, over: pairs) {
                asked += 1
                return asked > 20 ? PromQLError(.stopped, "query timed out") : nil
            }
        }
        #expect(error?.code == .stopped)
    }

    @Test func `labels that functions make do not double without an end`() throws {
        let text = (0..<40).reduce("x") { text, _ in "label_join(\(text), \"i\", \"\", \"i\", \"i\")" }
        #expect(code(text) { _ in } == .execution)
        let places = String(repeating: "$1", count: 1_000)
        #expect(code("label_replace(x, \"i\", \"\(places)\", \"i\", \"(.*)\")") { $0.labelBytes = 999 } == .execution)
        let groups = String(repeating: "(a?)", count: 2_000)
        #expect(code("label_replace(x, \"i\", \"\", \"i\", \"\(groups)\")") { _ in } == .execution)
    }

    @Test func `what a source throws is the cause`() {
        struct Broken: SeriesSource, Error {
            func select(_ matchers: [LabelMatcher], from: Int64, to: Int64) throws -> [SampleSeries] { throw self }
        }
        let error = #expect(throws: PromQLError.self) { try PromQLQuery("x").evaluate(at: 0, over: Broken()) }
        #expect(error?.code == .source && error?.cause is Broken)
    }

    @Test func `moments beyond all calendars are refused`() {
        for text in ["x", "x offset 280y", "x[280y:1y]"] {
            _ = try? PromQLQuery(text).evaluate(at: PromQLQuery.timeMax, over: loaded)
            _ = try? PromQLQuery(text).evaluate(at: -PromQLQuery.timeMax, over: loaded)
            #expect(throws: PromQLError.self) { try PromQLQuery(text).evaluate(at: .max, over: loaded) }
        }
    }
}
