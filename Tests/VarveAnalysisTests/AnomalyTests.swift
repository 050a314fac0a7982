import Testing
import VarveEvents

@testable import VarveAnalysis

struct AnomalyTests {
    private static let seed = UInt64.random(in: 1...UInt64.max)

    private static func rows(_ points: [SeriesPoint]) -> [AnomalyRow] {
        var detector = AnomalyDetector()
        return points.map { detector.next($0) }
    }

    @Test func `of a quiet series few points are anomalies`() {
        var made = MadeSeries(seed: Self.seed)
        let points = made.daily(10_000)
        let found = Self.rows(points).count(where: \.anomaly)
        #expect(found <= 50, "seed \(Self.seed): \(found) of 10,000")
    }

    @Test func `a score says how rare it is`() {
        var made = MadeSeries(seed: Self.seed)
        let scores = Self.rows(made.noise(20_000)).dropFirst(2_000).map(\.score)
        let share = Double(scores.count { $0 >= 2 }) / Double(scores.count)
        #expect(share < 0.015, "seed \(Self.seed): \(share) of the points say one in a hundred")
    }

    @Test(arguments: Incident.allCases)
    func `an incident is found`(incident: Incident) {
        var made = MadeSeries(seed: Self.seed)
        let found = (0..<Incident.trials).count { _ in
            var points = made.daily(288 * 14)
            let start = 288 * 11 + Int(made.random.next() % 288)
            made.inject(incident, into: &points, at: start)
            return Self.rows(points)[start..<start + incident.length].contains { $0.anomaly }
        }
        #expect(found >= incident.least, "seed \(Self.seed): \(found) of \(Incident.trials)")
    }

    @Test func `what comes later changes nothing`() {
        var made = MadeSeries(seed: Self.seed)
        var points = made.daily(3_000)
        let whole = Self.rows(points)
        for index in 2_000..<3_000 { points[index].value = 1e9 }
        #expect(Array(Self.rows(points)[..<2_000]) == Array(whole[..<2_000]))
    }

    @Test func `a constant series has no anomaly until it changes`() {
        var points = (0..<1_000).map { MadeSeries.point($0, 5) }
        points[700].value = 6
        let rows = Self.rows(points)
        let found = rows.indices.filter { rows[$0].anomaly }
        #expect(found == [700])
    }

    @Test func `holes and numbers that are none are passed over`() {
        var made = MadeSeries(seed: Self.seed)
        var points = made.daily(2_000)
        for index in stride(from: 0, to: 2_000, by: 7) { points[index].value = nil }
        points[500].value = .nan
        points[501].value = .infinity
        points[502].value = -1e300
        let rows = Self.rows(points)
        #expect(rows.count == 2_000)
        let broken = rows.count { !$0.score.isFinite || !($0.expected ?? 0).isFinite || !($0.low ?? 0).isFinite }
        #expect(broken == 0)
        let ofHoles = rows.indices.count { points[$0].finite == nil && rows[$0].anomaly }
        #expect(ofHoles == 0)
        let found = rows.count(where: \.anomaly)
        #expect(found < 20)
    }

    @Test func `more sensitive finds no less`() {
        var made = MadeSeries(seed: Self.seed)
        let points = made.daily(6_000)
        let counts = [AnomalySensitivity.low, .normal, .high].map { sensitivity in
            var detector = AnomalyDetector(sensitivity: sensitivity)
            return points.count { detector.next($0).score >= sensitivity.threshold }
        }
        #expect(counts[0] <= counts[1] && counts[1] <= counts[2], "seed \(Self.seed): \(counts)")
    }
}
