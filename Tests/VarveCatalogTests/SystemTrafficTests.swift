import Testing
import VarveCatalog
import VarveEvents
import VarveWire

struct SystemTrafficTests {
    static func bytes(_ systems: [CatalogSystem], _ options: TrafficOptions) -> [UInt8] {
        var traffic = SystemTraffic(systems, options)
        var bytes: [UInt8] = []
        while case let lines = traffic.nextLines(), !lines.isEmpty { bytes += lines }
        return bytes
    }

    static func batches(_ bytes: [UInt8]) -> [EventBatch] {
        var decoder = InputDecoder(DecodeOptions(.ndjson, now: Timestamp(nanoseconds: 1_900_000_000_000_000_000)))
        bytes.withUnsafeBytes { decoder.feed($0) }
        decoder.finish()
        var batches: [EventBatch] = []
        while let block = decoder.nextBlock(flush: true) {
            #expect(block.rejections.isEmpty)
            if let batch = block.batch { batches.append(batch) }
        }
        return batches
    }

    @Test func `traffic of all systems has every signal, as the catalog says, in exactly so many events`() {
        let batches = Self.batches(Self.bytes(CatalogSystem.allCases, TrafficOptions(events: 12_000, days: 5)))
        var signals: Set<String> = []
        for batch in batches {
            let flags = BatchCheck().check(batch).flags
            #expect(flags.isEmpty, "\(flags.prefix(3))")
            signals.formUnion(batch.groups.map(\.signal))
        }
        #expect(batches.reduce(0) { $0 + $1.rowCount } == 12_000)
        #expect(signals == Set(Catalog.signals.map(\.name)), "\(Set(Catalog.signals.map(\.name)).subtracting(signals))")
    }

    @Test(arguments: CatalogSystem.allCases)
    func `the same options give the same bytes, another seed others`(system: CatalogSystem) {
        let options = TrafficOptions(events: 700, days: 2, seed: 5, ids: true)
        let bytes = Self.bytes([system], options)
        #expect(bytes == Self.bytes([system], options))
        #expect(bytes != Self.bytes([system], TrafficOptions(events: 700, days: 2, seed: 6, ids: true)))
        let batches = Self.batches(bytes)
        #expect(batches.reduce(0) { $0 + $1.rowCount } == 700)
        #expect(batches.allSatisfy { $0.column(.id)?.values.count == $0.rowCount })
    }

    @Test func `Bookiji's traffic is that of the plain generator, byte for byte`() {
        let options = TrafficOptions(events: 500, days: 1)
        var plain = TrafficGenerator(options)
        var expected: [UInt8] = []
        while case let lines = plain.nextLines(), !lines.isEmpty { expected += lines }
        #expect(Self.bytes([.bookiji], options) == expected)
    }

    @Test(arguments: [0, 1, 2, 30])
    func `few events are few events`(count: Int) {
        let bytes = Self.bytes(CatalogSystem.allCases, TrafficOptions(events: count, days: 1))
        #expect(bytes.count { $0 == 10 } == count)
    }

    @Test func `things go wrong during the incident, and not before`() {
        let options = TrafficOptions(events: 30_000, days: 3)
        let incident = TrafficGenerator(options).incident.range
        var failed = [0, 0]
        var all = [0, 0]
        for batch in Self.batches(Self.bytes([.atomic], options)) {
            batch.forEachEvent { _, event in
                guard event.signal == "http.request" else { return }
                let during = incident.contains(event.time.nanoseconds / 1_000_000) ? 1 : 0
                all[during] += 1
                if event[attribute: "status"] == .int64(503) { failed[during] += 1 }
            }
        }
        #expect(failed[1] * 10 > all[1] * 2 && failed[0] * 100 < all[0] * 3, "\(failed) of \(all)")
    }
}
