import Foundation
import Testing
import VarvePromQL

/// Any text whatever: refused or evaluated, and neither a trap nor a hang. `VARVE_PROMQL_MUTATIONS` makes it long.
struct MutationTests {
    private static let seeds = [
        #"sum by (job, code) (rate(requests{job=~"a|b.*",code!~"5.."}[5m] offset 1m)) / ignoring (code) group_left sum(up)"#,
        "histogram_quantile(0.99, sum by (le) (increase(x_bucket[1h30m:15s] @ end()))) or vector(1) unless on (a, b) y",
        #"label_replace(topk(3, x), "a", "$1-${b}", "c", "(?P<b>[a-z]+)(\\d{2,3})?") and absent_over_time(z[1m])"#,
        #"-clamp(predict_linear(x[10m] @ 1.5e3, 3600), 0x1F, Inf) ^ 2 % 7 atan2 (time() - timestamp(x)) # end"#,
        #"count_values("v", quantile_over_time(0.5, x[5m:]) == x) * on () group_right () {__name__=~"x|y",z=''}"#,
    ]
    private static let pieces = [
        "(", ")", "{", "}", "[", "]", "\"", "'", "`", ",", ":", "@", "-", "+", "^", "=~", "!~", "offset", " 5m", "bool", "on(",
        "by(", "1e999",
        "99999999999999999999", "0x", "\\", "\n", "#", "é", "\u{0}", "\u{301}", "sum(", "x", "[5m:1ms]", "[9y:1ms]", "*",
        "a{1000}", "(?i)", "$",
        "start()", "@ 9e18", "offset -290y", "NaN", "Inf",
    ]

    @Test func `no text makes it fail otherwise than by an error`() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("PromQL mutations: seed \(seed)")
        var random = Numbers(state: seed)
        let count = ProcessInfo.processInfo.environment["VARVE_PROMQL_MUTATIONS"].flatMap { Int($0) } ?? 3_000
        var limits = PromQLLimits()
        limits.samplesMax = 200_000
        limits.stepsMax = 20_000
        let loaded = LoadedSeries(
            #"x{le="1",c="ab12"} 0+1x50"#, #"x{le="+Inf"} 1 NaN Inf stale 5"#, #"y{a="b"} 1+1x9"#, every: 60)
        var (refused, evaluated) = (0, 0)
        let start = ContinuousClock().now
        for _ in 0..<count {
            var bytes = Array(Self.seeds[random.below(Self.seeds.count)].utf8)
            for _ in 0...random.below(4) { mutate(&bytes, &random) }
            do throws(PromQLError) {
                let query = try PromQLQuery(String(decoding: bytes, as: UTF8.self), limits: limits)
                evaluated += 1
                _ = try query.evaluate(at: 600_000, over: loaded)
                _ = try query.evaluate(from: 0, to: 900_000, step: 60_000, over: loaded)
            } catch {
                refused += 1
                #expect(!error.message.isEmpty)
            }
        }
        print("PromQL mutations: \(count) texts, \(evaluated) evaluated, \(refused) refused, \(ContinuousClock().now - start)")
        #expect(evaluated > count / 50 && refused > count / 4)
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout Numbers) {
        let place = random.below(bytes.count + 1)
        switch random.below(5) {
        case 0: bytes.insert(contentsOf: Self.pieces[random.below(Self.pieces.count)].utf8, at: place)
        case 1: if place < bytes.count { bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(12))) }
        case 2: if place < bytes.count { bytes[place] = UInt8(truncatingIfNeeded: random.next()) }
        case 3:
            let from = random.below(bytes.count + 1)
            let part = bytes[from..<min(bytes.count, from + random.below(30))]
            bytes.insert(contentsOf: part, at: place)
        default: bytes.append(contentsOf: Self.seeds[random.below(Self.seeds.count)].utf8.prefix(random.below(60)))
        }
    }

    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }

        mutating func below(_ count: Int) -> Int { Int.random(in: 0..<max(1, count), using: &self) }
    }
}
