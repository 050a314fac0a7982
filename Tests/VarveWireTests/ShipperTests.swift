import Testing
import VarveEvents
import VarveWire

/// What logs' and errors' shippers send: that no bytes whatever end the program, and what their formats are particular about.
@Suite struct ShipperTests {
    private static let formats: [InputFormat] = [
        .cloudEvents, .elasticBulk, .lokiPush, .influxLines, .sentryEnvelope, .sentryEvent, .alertmanager, .gelf, .statsd,
        .fluent,
    ]

    private func check(_ bytes: [UInt8], _ format: InputFormat) {
        let decoded = decode(bytes, DecodeOptions(format, now: goldenNow))
        #expect(decoded.received == decoded.events.count + decoded.rejections.count)
    }

    @Test(arguments: formats) func `cut off anywhere it is refused or read, and ends nothing`(format: InputFormat) throws {
        let bytes = try #require(GoldenFolder(name: format.rawValue).read("input"))
        for length in 0..<bytes.count { check(Array(bytes[..<length]), format) }
    }

    @Test(arguments: formats) func `changed bytes end nothing, and every record is counted`(format: InputFormat) throws {
        var random = Seeded(state: 11)
        let bytes = try #require(GoldenFolder(name: format.rawValue).read("input"))
        for _ in 0..<800 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                let place = Int.random(in: 0..<changed.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: changed[place] = UInt8.random(in: 0...255, using: &random)
                case 1: changed.remove(at: place)
                default: changed.insert(contentsOf: changed[place..<min(place + 20, changed.count)], at: place)
                }
            }
            check(changed, format)
        }
    }

    @Test func `alerts that are sent again are the same events`() {
        func read(_ text: String) -> Event? {
            decode(Array(text.utf8), DecodeOptions(.alertmanager, now: goldenNow)).events.first
        }
        let first = read(
            """
            [{"labels":{"alertname":"a","alertname":"a","job":"j"},"startsAt":"2026-11-28T10:00:00Z",\
            "endsAt":"2026-11-29T10:00:00Z"}]
            """)
        let again = read(
            """
            [{"labels":{"job":"j","alertname":"a"},"startsAt":"2026-11-28T10:00:00Z","endsAt":"2026-11-29T11:00:00Z"}]
            """)
        #expect(first?.signal == "alert.resolved" || first?.signal == "alert.triggered")
        #expect(first?.id != nil && first?.id == again?.id)
    }

    @Test func `between moments that no event can have there is no time`() {
        let alert = """
            [{"labels":{"alertname":"a"},"status":"resolved","startsAt":-9200000000.5,"endsAt":9200000000.5}]
            """
        let alerts = decode(Array(alert.utf8), DecodeOptions(.alertmanager, now: goldenNow))
        #expect(alerts.events.map { $0[attribute: "open_s"] } == [.double(0)] && alerts.rejections.isEmpty)
        let transaction = """
            {"type":"transaction","transaction":"t","start_timestamp":-9200000000.5,"timestamp":9200000000.5,"contexts":\
            {"trace":{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7"}}}
            """
        let envelope = "{}\n{\"type\":\"transaction\"}\n\(transaction)\n"
        let spans = decode(Array(envelope.utf8), DecodeOptions(.sentryEnvelope, now: goldenNow))
        #expect(spans.events.isEmpty && spans.reasons == [.missingTime])
    }

    @Test func `a line of a text with newlines does not end there`() {
        let text = "a f=\"x\ny\" 1767225000000000000\nb f=1i 1767225000000000000\n"
        let decoded = decode(Array(text.utf8), DecodeOptions(.influxLines, now: testNow))
        #expect(decoded.events.map { $0[attribute: "f"] } == [.string("x\ny"), .int64(1)])
    }

    @Test func `an action without its document is refused with all of its request`() {
        let text = "{\"index\":{}}\n{\"message\":\"x\"}\n{\"index\":{}}\n"
        let decoded = decode(Array(text.utf8), DecodeOptions(.elasticBulk, now: testNow))
        #expect(decoded.events == [] && decoded.reasons == [.truncated])
    }

    @Test func `the actions of a bulk request are those that its documents have`() {
        let text = "{\"index\":{\"_index\":\"i\",\"_id\":\"1\"}}\n{}\n{\"delete\":{\"_id\":\"2\"}}\n{\"create\":{}}\n{}\n"
        #expect(BulkAction.read(Array(text.utf8), index: "d").map(\.name) == ["index", "delete", "create"])
        #expect(BulkAction.read(Array(text.utf8), index: "d").map(\.index) == ["i", "d", "d"])
    }
}
