import Testing
import VarveCatalog
import VarveEvents
import VarveWire

/// Records as the systems' documents show them: `Fixtures/records/<system>.ndjson`, and beside it the events they are.
struct RecordTests {
    /// 2026-03-05T00:00:00Z: later than every record.
    static let now = Timestamp(nanoseconds: 1_772_668_800_000_000_000)

    static func decode(_ bytes: [UInt8], _ system: CatalogSystem) -> (batches: [EventBatch], rejections: [Rejection]) {
        let mapping = RecordMapping(Catalog.shapes(of: system), signals: Catalog.signals)
        var decoder = InputDecoder(DecodeOptions(.records, now: now, records: mapping))
        bytes.withUnsafeBytes { decoder.feed($0) }
        decoder.finish()
        var batches: [EventBatch] = []
        var rejections: [Rejection] = []
        while let block = decoder.nextBlock(flush: true) {
            if let batch = block.batch { batches.append(batch) }
            rejections += block.rejections
        }
        return (batches, rejections)
    }

    static func lines(_ batches: [EventBatch], _ profile: PrivacyProfile = .none) -> [String] {
        var printer = EventPrinter()
        for batch in batches {
            BatchPrivacy(profile).apply(batch).forEachEvent { _, event in printer.print(event) }
        }
        return String(decoding: printer.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    static func events(_ text: String, _ system: CatalogSystem, _ profile: PrivacyProfile = .none) -> [String] {
        lines(decode(Array(text.utf8), system).batches, profile)
    }

    @Test(arguments: CatalogSystem.allCases)
    func `records as the documents show them become the events written beside them`(system: CatalogSystem) throws {
        let (batches, rejections) = Self.decode(
            try RepositoryFile(path: "Fixtures/records/\(system.rawValue).ndjson").bytes(), system)
        #expect(rejections.isEmpty, "\(rejections)")
        let expected = try RepositoryFile(path: "Fixtures/records/\(system.rawValue).expected.ndjson").text().split(
            separator: "\n")
        #expect(Self.lines(batches, .standard) == expected.map(String.init))
        for batch in batches { #expect(BatchCheck().check(batch).flags.isEmpty, "\(BatchCheck().check(batch).flags)") }
    }

    @Test func `every signal of a system can be said by its name`() {
        for signal in Catalog.signals {
            guard let system = CatalogSystem(rawValue: signal.system) else { continue }
            let kind = signal.name.replacing(".", with: "_")
            let (batches, rejections) = Self.decode(
                Array(#"{"type":"\#(kind)","time":"2026-03-01T10:00:00Z","cpu":1}"#.utf8), system)
            #expect(batches.first?.groups.first?.signal == signal.name, "\(rejections)")
        }
    }

    @Test(arguments: [
        // The document's unit, then one said by the name, then one said by the value.
        (#""uptime":99.95"#, #""uptime":0.9995"#), (#""uptime_fraction":0.5"#, #""uptime":0.5"#),
        (#""uptime_percent":50"#, #""uptime":0.5"#), (#""uptime":"99.95%""#, #""uptime":0.9995"#),
        (#""responseTime":145"#, #""response_time_ms":145"#), (#""response_time_s":1.5"#, #""response_time_ms":1500.0"#),
        (#""responseTimeSeconds":2"#, #""response_time_ms":2000.0"#), (#""response_time_us":1500"#, #""response_time_ms":1.5"#),
        (#""ResponseTimeMs":7"#, #""response_time_ms":7"#), (#""failure_count":"12""#, #""failure_count":12"#),
        (#""failureCount":3.0"#, #""failure_count":3"#),
    ])
    func `a number is converted to the catalog's unit`(theirs: String, ours: String) {
        let lines = Self.events(
            #"{"channelName":"Mail","status":"healthy","timestamp":1772359200,\#(theirs)}"#, .flashfusion)
        #expect(lines.first?.contains(ours) == true, "\(lines)")
    }

    @Test(arguments: [
        "1772359200", "1772359200000", "1772359200000000", "1772359200000000000", "1772359200.0", "1772359200000.0",
        "\"1772359200\"", "\"2026-03-01T10:00:00Z\"", "\"2026-03-01T11:00:00+01:00\"", "\"2026-03-01 10:00:00+00\"",
        "\"2026-03-01T10:00:00\"",
    ])
    func `a time is read in whatever form a system writes it`(time: String) {
        let lines = Self.events(#"{"userId":"u","action":"a","timestamp":\#(time)}"#, .flashfusion)
        #expect(lines.first?.contains(#""time":"2026-03-01T10:00:00Z""#) == true, "\(time): \(lines)")
    }

    @Test func `a record without a time happened when it was read`() {
        #expect(Self.events(#"{"userId":"u","action":"a"}"#, .flashfusion).first?.contains("2026-03-05T00:00:00Z") == true)
    }

    @Test(arguments: [
        (#"{"type":"nothing"}"#, RejectionReason.missingSignal), (#"{"a":1}"#, .missingSignal), ("[]", .notAnObject),
        ("7", .notAnObject), ("[7]", .notAnObject), (#"{"userId":"u","action":"a","timestamp":"soon"}"#, .badTime),
        (#"{"userId":"u","action":"a","timestamp":12}"#, .timeOutOfRange), (#"{"userId":"u","action":"#, .syntax),
        (#"{"userId":"u","action":"a","id":""}"#, .badID), (#"{"userId":{"a":1},"action":"a"}"#, .wrongType),
    ])
    func `a record that is none is refused, and no event of its line comes in`(text: String, reason: RejectionReason) {
        let good = #"{"userId":"u","action":"a","timestamp":1772359200}"#
        let (batches, rejections) = Self.decode(Array("\(good)\n\(text)\n\(good)\n".utf8), .flashfusion)
        #expect(rejections.map(\.reason) == [reason], "\(rejections)")
        #expect(rejections.first?.line == 2)
        #expect(batches.reduce(0) { $0 + $1.rowCount } == 2)
    }

    @Test func `a batch with one bad record is refused whole`() {
        let text = #"[{"userId":"u","action":"a"},{"userId":"u","action":"a","timestamp":"soon"}]"#
        let (batches, rejections) = Self.decode(Array(text.utf8), .flashfusion)
        #expect(batches.isEmpty && rejections.count == 1)
    }

    @Test func `records about one incident that have ids of their own are different events`() {
        let about = #""title":"Mail","severity":"high","timestamp":1772359200"#
        let whole = [#""id":"u-1","incident_id":"inc-4""#, #""incidentId":"inc-4","id":"u-2""#, #""incident_id":"inc-4","ID":3"#]
        for (ids, own) in zip(whole, ["u-1", "u-2", "3"]) {
            let line = Self.events("{\(ids),\(about)}", .flashfusion).first ?? ""
            #expect(line.contains(#""incident_id":"inc-4""#) && line.contains("\"id\":\"\(own)\""), "\(line)")
        }
        // With one id, or two that are the same, the record is the incident's own: sent again it is a duplicate.
        for text in [#""id":"inc-4""#, #""incident_id":"inc-4""#, #""id":"inc-4","incident_id":"inc-4""#] {
            let line = Self.events("{\(text),\(about)}", .flashfusion).first ?? ""
            #expect(line.contains(#""id":"incident.opened:inc-4""#) && line.contains(#""incident_id":"inc-4""#), "\(line)")
        }
        let record = #"{"id":"n-7","alert_id":"a-1","alert_type":"cpu","severity":"warning"}"#
        let alert = Self.events(record, .monitoring).first ?? ""
        #expect(alert.contains(#""id":"n-7""#) && alert.contains(#""alert_id":"a-1""#), "\(alert)")
    }

    @Test func `what a table does not know is kept under its own name`() {
        let lines = Self.events(#"{"userId":"u","action":"a","Mood":"good","more":{"x":[1]}}"#, .flashfusion)
        #expect(lines.first?.contains(#""Mood":"good","action":"a""#) == true)
        #expect(lines.first?.contains(#""more":{"x":[1]}"#) == true)
    }

    @Test func `spellings without end are no danger`() {
        let text = (0..<20_000).map { #"{"userId":"u","action":"a","k\#($0)":1}"# }.joined(separator: "\n")
        let (batches, rejections) = Self.decode(Array(text.utf8), .flashfusion)
        #expect(batches.reduce(rejections.count) { $0 + $1.rowCount } == 20_000)
        #expect(rejections.isEmpty)
    }
}
