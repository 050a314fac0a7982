import Testing
import VarveEvents
import VarveLog
import VarveTestSupport
import VarveWire

/// What the log takes, `cat` prints, and `ingest` takes again, whole.
struct RoundTripTests {
    private static let now = Timestamp(nanoseconds: 1_772_668_800_000_000_000)

    /// Texts of all kinds: any Unicode, long, empty, with what JSON has to escape.
    private static func text(_ random: inout SeededRandom, upTo bytes: Int) -> String {
        let pieces = [
            "a", "signal", "\"", "\\", "\n", "\t", "é", "e\u{301}",
            "中", "👩‍👩‍👧", "\u{2028}", "\u{1F}", "\u{7F}", "\u{0}", " ", "/",
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            if Bool.random(using: &random) {
                text += pieces.randomElement(using: &random)!
            } else if let scalar = Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &random)) {
                text.unicodeScalars.append(scalar)
            }
        }
        if Int.random(in: 0..<40, using: &random) == 0 {
            text += String(repeating: "x", count: Int.random(in: 0...(bytes + 3), using: &random))
        }
        return text
    }

    private static func value(_ random: inout SeededRandom) -> Value {
        let ints: [Int64] = [0, 1, -1, .max, .min, 1 << 53, (1 << 53) + 1, 1_764_300_000_123_456_789]
        let doubles = [
            0.0, -0.0, 0.1, Double.leastNonzeroMagnitude, -1.7976931348623157e308, 1e21, 123_456_789.125, .nan, .infinity, 2.5,
            1e-7,
        ]
        let json = [#"{"a":[1,2.5,"x",null,true]}"#, "[]", "{}", #"["é",{"b":{}}]"#, "[1", "7", "", "{\"a\": 1}", "[1,]", "[01]"]
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return .int64(ints.randomElement(using: &random)!)
        case 1: return .int64(Int64.random(in: .min ... .max, using: &random))
        case 2: return .double(doubles.randomElement(using: &random)!)
        case 3: return .double(Double(bitPattern: UInt64.random(in: 0 ... .max, using: &random)))
        case 4: return .bool(Bool.random(using: &random))
        case 5: return .json(json.randomElement(using: &random)!)
        default: return .string(text(&random, upTo: EventLimits.stringBytes))
        }
    }

    private static func event(_ number: Int, _ random: inout SeededRandom) -> Event {
        let isPlain = Int.random(in: 0..<3, using: &random) > 0
        func name() -> String {
            isPlain ? ["a", "b", "session", "offset", "ü", "x y"].randomElement(using: &random)! : text(&random, upTo: 256)
        }
        func some() -> String? { Bool.random(using: &random) ? text(&random, upTo: EventLimits.stringBytes) : nil }
        var event = Event(
            time: Timestamp(nanoseconds: 1_700_000_000_000_000_000 + Int64.random(in: 0..<1_000_000_000_000_000, using: &random)),
            signal: isPlain ? "page.view" : text(&random, upTo: 256))
        if Bool.random(using: &random) { event.id = isPlain ? "id-\(number)" : "\(number)" + text(&random, upTo: 256) }
        if number % 97 == 0 { event.id = "" }
        if Int.random(in: 0..<4, using: &random) == 0 { event.tenant = name() }
        (event.component, event.session, event.user) = (some(), some(), some())
        for _ in 0..<Int.random(in: 0...4, using: &random) { event.attributes.append(Attribute(name(), value(&random))) }
        return event
    }

    /// All events of a log, and its lines as `cat` prints them, but for offsets and append times.
    private static func cat(_ disk: SimulatedDisk) throws -> (events: [Event], text: [UInt8]) {
        var events: [Event] = []
        var printer = EventPrinter()
        try LogReader.open(at: "data", disk: disk).scan(0..<UInt64.max, onDamage: { Issue.record("\($0)") }) { batch in
            batch.forEachEvent { _, event in
                var event = event
                event.observed = nil
                events.append(event)
                printer.print(event)
            }
        }
        return (events, printer.bytes)
    }

    /// What the log says of an event, whose empty texts are none.
    private static func asKept(_ event: Event) -> Event {
        func some(_ text: String?) -> String? { text?.isEmpty ?? true ? nil : text }
        var event = event
        (event.tenant, event.component) = (some(event.tenant), some(event.component))
        (event.session, event.user) = (some(event.session), some(event.user))
        event.attributes.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return event
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `what is appended is printed, and what is printed is taken again, nothing lost`(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let (first, second) = (SimulatedDisk(), SimulatedDisk())
        let log = try await LogWriter.open(at: "data", disk: first)
        let single = EventAppender(log)
        var kept: [Event] = []
        var refused = 0
        for number in 0..<700 {
            let event = Self.event(number, &random)
            do throws(LogError) {
                if number % 2 == 0 {
                    _ = try await single.append(event)
                } else {
                    var builder = BatchBuilder()
                    builder.append(event)
                    _ = try await log.append(builder.finish())
                }
                kept.append(Self.asKept(event))
            } catch {
                #expect(error.code == .batchRefused, "\(error)")
                refused += 1
            }
        }
        try await log.close()
        #expect(refused > 100 && kept.count > 100)
        let (events, text) = try Self.cat(first)
        #expect(events.count == kept.count)
        // A batch of one event, one of whose names stands twice, has the last value only: as a line of JSON that says so.
        for (found, wanted) in zip(events, kept) where Set(wanted.attributes.map(\.name)).count == wanted.attributes.count {
            #expect(found == wanted)
        }
        var decoder = InputDecoder(DecodeOptions(.ndjson, now: Self.now))
        text.withUnsafeBytes { decoder.feed($0) }
        decoder.finish()
        let again = try await LogWriter.open(at: "data", disk: second)
        while let block = decoder.nextBlock(flush: true) {
            #expect(block.rejections.isEmpty, "\(block.rejections.map(\.message))")
            if let batch = block.batch { _ = try await again.append(batch) }
        }
        try await again.close()
        let lines = zip(
            String(decoding: text, as: UTF8.self).split(separator: "\n"),
            String(decoding: try Self.cat(second).text, as: UTF8.self).split(separator: "\n"))
        for (line, again) in lines.filter({ $0 != $1 }).prefix(3) { Issue.record("\(line)\nbecame\n\(again)") }
        #expect(try Self.cat(second).text == text)
    }

    @Test func `the append API refuses what no format accepts, and says why`() async throws {
        let log = try await LogWriter.open(at: "data", disk: SimulatedDisk())
        let single = EventAppender(log)
        func event(_ change: (inout Event) -> Void) -> Event {
            var event = Event(time: Self.now, signal: "s", attributes: [Attribute("a", .int64(1))])
            change(&event)
            return event
        }
        let bad: [(Event, String)] = [
            (event { $0.signal = "" }, "signal"), (event { $0.signal = "a\nb" }, "signal"), (event { $0.id = "" }, "id"),
            (event { $0.tenant = "a\u{7}" }, "tenant"),
            (event { $0.attributes = [Attribute("", .int64(1))] }, "name of an attribute"),
            (event { $0.attributes.append(Attribute("a", .double(1.5))) }, "two values"),
            (event { $0.attributes = [Attribute("b", .double(.nan))] }, "not finite"),
            (event { $0.attributes = [Attribute("b", .double(-.infinity))] }, "not finite"),
            (event { $0.attributes = [Attribute("b", .json("{"))] }, "JSON"),
            (event { $0.attributes = [Attribute("b", .json("[ 1]"))] }, "JSON"),
        ]
        for (event, word) in bad {
            var builder = BatchBuilder()
            builder.append(event)
            let batch = builder.finish()
            await #expect { _ = try await single.append(event) } throws: { "\($0)".contains(word) }
            await #expect { _ = try await log.append(batch) } throws: { "\($0)".contains(word) }
        }
        try await log.close()
    }

    @Test func `an empty session or user is none, whoever hands it in`() async throws {
        let disk = SimulatedDisk()
        let log = try await LogWriter.open(at: "data", disk: disk)
        var event = Event(time: Self.now, signal: "s", tenant: "", component: "", session: "", user: "")
        event.attributes = [Attribute("a", .string(""))]
        _ = try await EventAppender(log).append(event)
        var decoder = InputDecoder(DecodeOptions(.ndjson, now: Self.now))
        for _ in 0..<40 {
            let line = #"{"time":"2026-03-01T10:00:00Z","signal":"s","component":"","session_id":"","user_id":"","#
            Array((line + #""data":{"a":""}}"# + "\n").utf8).withUnsafeBytes { decoder.feed($0) }
        }
        decoder.finish()
        while let block = decoder.nextBlock(flush: true) { if let batch = block.batch { _ = try await log.append(batch) } }
        try await log.close()
        let events = try Self.cat(disk).events
        #expect(events.count == 41)
        #expect(events.allSatisfy { $0.tenant == nil && $0.component == nil && $0.session == nil && $0.user == nil })
        #expect(events.allSatisfy { $0[attribute: "a"] == .string("") })
    }
}
