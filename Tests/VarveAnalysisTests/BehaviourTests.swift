import Testing
import VarveEvents

@testable import VarveAnalysis

/// Journeys, groups of users, creators, quiet hours, costs, time.
struct BehaviourTests {
    private static let hour: Int64 = 3_600_000_000_000
    private static let start: Int64 = 1_767_571_200_000_000_000 // Monday 2026-01-05 00:00

    private static func time(_ seconds: Double) -> Timestamp { Timestamp(nanoseconds: start + Int64(seconds * 1e9)) }

    @Test func `sessions leave between steps, and times are from step to step`() throws {
        func visits(_ list: [(Double, Int)]) -> [Journey.Visit] { list.map { Journey.Visit(time: Self.time($0.0), step: $0.1) } }
        let found = Journey(
            ["cart", "pay", "done"],
            visits: [
                visits([(0, 0), (10, 1), (40, 2)]), visits([(20, 1), (0, 0)]), visits([(0, 0), (5, 2), (30, 1), (60, 2)]),
                visits([(7, 1), (9, 2)]), [], visits([(0, 9)]),
            ])
        #expect(found.steps.map(\.sessions) == [3, 3, 2])
        #expect(found.steps.map(\.left) == [0, 1, 0] && found.completed == 2 && found.sessions == 5)
        #expect(found.steps[1].median == 20 && found.steps[2].median == 30 && found.median == 50)
        #expect(found.steps[2].continued == 2.0 / 3)
        #expect(Journey(["a", "b"], visits: []).steps.map(\.share) == [0, 0])
    }

    @Test(arguments: 1...6) func `groups that were mixed are found again`(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed))
        var rows: [[Double]] = []
        var kinds: [Int] = []
        for _ in 0..<240 {
            let kind = Int.random(in: 0..<3, using: &random)
            let centre: [Double] = [[200, 2, 1], [5, 150, 3], [8, 6, 90]][kind]
            rows.append(centre.map { max(0, $0 * (1 + 0.25 * random.normal())) })
            kinds.append(kind)
        }
        let found = try #require(UserClusters(rows))
        #expect(found.clusters.count == 3 && found.silhouette > 0.6, "\(found.clusters.count), \(found.silhouette)")
        for cluster in found.clusters {
            let inside = Set(cluster.members.map { kinds[$0] })
            #expect(inside.count == 1)
            #expect(cluster.marks.first?.feature == inside.first)
        }
        #expect(found.clusters.reduce(0) { $0 + $1.members.count } == 240)
        // The same rows give the same groups.
        #expect(UserClusters(rows) == found)
    }

    @Test func `too few or equal users are not grouped`() {
        #expect(UserClusters([[1], [2], [3]]) == nil)
        #expect(UserClusters([[Double]](repeating: [1, 2], count: 20)) == nil)
        #expect(UserClusters([[1], [2, 3], [1], [1], [1], [1]]) == nil)
    }

    @Test func `a day of a hundred is unusual for ten a day, a day of fourteen is not`() {
        func days(_ values: [Double]) -> [SeriesPoint] {
            values.enumerated().map { SeriesPoint(time: Self.time(Double($0.offset) * 86_400), value: $0.element) }
        }
        let found = ActivityDay.find("ann", days([10, 12, 9, 11, 8, 14, 100, 10, 0]))
        #expect(found.map(\.value) == [100] && found[0].day == Self.time(6 * 86_400))
        #expect(abs(found[0].usual - 64.0 / 6) < 1e-9)
        #expect(ActivityDay.find("bob", days([0, 0, 0, 0, 0, 0, 4])).isEmpty)
        #expect(ActivityDay.find("new", days([500, 500])).isEmpty)
    }

    @Test func `batches of one size that come again are candidates`() throws {
        var acts = (0..<9).map { day in
            RepeatedBatch.Act(name: "ann", action: "upload", size: 50, time: Self.time(Double(day) * 86_400 + 3_600))
        }
        acts += [(1.0, 3.0), (2, 5), (7, 3), (9, 8)].map {
            RepeatedBatch.Act(name: "bob", action: "upload", size: $0.1, time: Self.time($0.0 * 50_000))
        }
        let found = RepeatedBatch.find(acts)
        #expect(found.count == 1)
        let one = try #require(found.first)
        #expect(one.name == "ann" && one.count == 9 && one.total == 450 && one.every == 86_400 && one.isRegular)
    }

    @Test func `the quietest hours of the week are found`() {
        let points = (0..<(168 * 3)).map { index in
            let hour = index % 168
            let value: Double = hour == 50 || hour == 51 ? 1 : hour == 100 ? 2 : 100
            return SeriesPoint(time: Self.time(Double(index) * 3_600), value: value)
        }
        let found = QuietWindow.find(points, length: 2, count: 2)
        #expect(found.map(\.hour) == [50, 99] || found.map(\.hour) == [50, 100])
        #expect(found[0].expected == 2 && found[0].weekday == 3 && found[0].share < 0.02)
        #expect(QuietWindow.find([], length: 2).isEmpty && QuietWindow.find(points, length: 0).isEmpty)
    }

    @Test func `costs and shares of time are sorted, and shares add up to one`() {
        let costs = FailureCost.ordered([
            FailureCost(name: "retry.failure", place: "a", count: 3, price: 2, usual: nil),
            FailureCost(name: "rollback", place: "b", count: 10, price: 1.5, usual: 4),
        ])
        #expect(costs.map(\.cost) == [15, 6] && costs[0].excess == 9 && costs[1].excess == nil)
        let shares = TimeShare.profile([
            TimeShare(name: "fast", count: 100, total: 100, p95: 2), TimeShare(name: "slow", count: 3, total: 300, p95: nil),
        ])
        #expect(shares.map(\.name) == ["slow", "fast"] && shares.map(\.share) == [0.75, 0.25])
        #expect(shares[1].cumulative == 1 && shares[0].mean == 100)
        #expect(TimeShare.profile([]).isEmpty)
    }
}
