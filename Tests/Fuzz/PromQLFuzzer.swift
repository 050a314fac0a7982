// libFuzzer's entry for PromQL: any text is refused with an error or evaluated over a few series, within limits, and never traps.
// Built by Tests/Fuzz/promql.

import Foundation
import VarvePromQL

/// A counter with a reset, a gauge with a gap and odd values, and a histogram.
private struct FuzzedSeries: SeriesSource {
    private static let all: [SampleSeries] = {
        func series(_ pairs: [(String, String)], _ value: (Int) -> Double) -> SampleSeries {
            let steps = Array(0..<60)
            return SampleSeries(
                Labels(pairs.map { Label($0.0, $0.1) }), times: steps.map { Int64($0) * 15_000 }, values: steps.map(value))
        }
        var made = [
            series([("__name__", "a"), ("job", "x")]) { Double($0 < 30 ? $0 : $0 - 30) },
            series([("__name__", "a"), ("job", "y")]) { $0 % 7 == 0 ? .nan : Double($0) - 20 },
            series([("__name__", "b"), ("job", "x"), ("z", "é")]) { $0 == 9 ? StaleMarker.value : .infinity * Double($0 % 2) },
        ]
        for edge in ["0.1", "1", "+Inf"] {
            made.append(series([("__name__", "h_bucket"), ("job", "x"), ("le", edge)]) { Double($0 * edge.count) })
        }
        return made
    }()

    func select(_ matchers: [LabelMatcher], from: Int64, to: Int64) throws -> [SampleSeries] {
        Self.all.filter { series in matchers.allSatisfy { $0.matches(series.labels[$0.name]) } }
    }
}

private let limits: PromQLLimits = {
    var limits = PromQLLimits()
    limits.samplesMax = 100_000
    return limits
}()

/// One input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneQuery(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start, count > 0, let text = String(validating: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    else { return 0 }
    _ = try? PromQLQuery.matchers(text)
    guard let query = try? PromQLQuery(text, limits: limits) else { return 0 }
    _ = try? query.evaluate(at: 600_000, over: FuzzedSeries())
    _ = try? query.evaluate(from: 0, to: 900_000, step: 60_000, over: FuzzedSeries())
    return 0
}
