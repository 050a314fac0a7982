import Testing
import VarveCatalog
import VarveEvents

struct ShapedTrafficTests {
    static func bytes(_ shape: EventShape, _ options: TrafficOptions) -> [UInt8] {
        var traffic = ShapedTraffic(shape, options)
        var bytes: [UInt8] = []
        while case let lines = traffic.nextLines(size: 5_000), !lines.isEmpty { bytes += lines }
        return bytes
    }

    static func lines(_ shape: EventShape, _ options: TrafficOptions) -> [[UInt8]] {
        bytes(shape, options).split(separator: 10).map { Array($0) }
    }

    @Test(arguments: EventShape.allCases)
    func `a shape is so many events, all accepted, the same for the same seed`(shape: EventShape) {
        let options = TrafficOptions(events: 3_001, days: 3, seed: 7, ids: true)
        let bytes = Self.bytes(shape, options)
        #expect(bytes == Self.bytes(shape, options))
        #expect(bytes != Self.bytes(shape, TrafficOptions(events: 3_001, days: 3, seed: 8, ids: true)))
        let batches = SystemTrafficTests.batches(bytes)
        #expect(batches.reduce(0) { $0 + $1.rowCount } == 3_001)
    }

    @Test(arguments: [(EventShape.late, EventShape.users), (.series, .seriesByTime)], [1, 2, 999, 40_003])
    func `two orders are the same events`(orders: (EventShape, EventShape), count: Int) {
        let options = TrafficOptions(events: count, days: 2, seed: 3)
        let (left, right) = (Self.lines(orders.0, options), Self.lines(orders.1, options))
        #expect(Set(left) == Set(right) && left.count == right.count && Set(left).count == count)
        if count > 2 { #expect(left != right || count <= 20_000 && orders.0 == .series) }
    }

    @Test func `shapes have as many values as they say`() {
        let options = TrafficOptions(events: 60_000, days: 2)
        func values(_ shape: EventShape, _ key: ColumnKey) -> Int {
            let batches = SystemTrafficTests.batches(Self.bytes(shape, options))
            return batches.reduce(into: Set<String>()) { found, batch in
                guard case .strings(_, let table) = batch.column(key)?.values else { return }
                for code in 0..<table.count { found.insert(table[code]) }
            }.count
        }
        #expect(values(.tenants, .tenant) > 1_900)
        #expect(values(.users, .user) > 30_000)
        #expect(values(.access, ColumnKey(.attribute, "path", .string)) > 15_000)
        let spans = SystemTrafficTests.batches(Self.bytes(.spans, TrafficOptions(events: 100, days: 1)))
        #expect(spans.first?.columns.filter { $0.key.scope == .attribute }.count == 40)
    }
}
