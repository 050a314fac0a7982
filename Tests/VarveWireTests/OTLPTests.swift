import Testing
import VarveEvents
import VarveWire

/// OTLP in both encodings: what it becomes, what is refused, and that no bytes whatever end the program.
@Suite struct OTLPTests {
    static let formats: [InputFormat] = [.otlpLogs, .otlpTraces, .otlpMetrics]
    private static let time: UInt64 = 1_767_225_000_000_000_000

    private static func options(_ format: InputFormat, _ series: CumulativeSeries? = nil) -> DecodeOptions {
        var options = DecodeOptions(format, now: testNow)
        options.cumulative = series
        return options
    }

    /// One log record in its resource and scope.
    private static func log(_ resource: [(String, String)] = [], _ fill: (inout ProtobufBytes) -> Void) -> [UInt8] {
        ProtobufBytes { request in
            request.message(1) { resourceLogs in
                resourceLogs.message(2) { $0.message(2, fill) }
                resourceLogs.message(1) { message in
                    for (name, value) in resource { message.attribute(1, name) { $0.text(1, value) } }
                }
            }
        }.bytes
    }

    @Test func `an empty request brings nothing, and is none that is wrong`() {
        for format in Self.formats {
            let decoded = decode([], Self.options(format))
            #expect(decoded.received == 0 && decoded.rejections == [])
            let json = decode(Array("{}".utf8), Self.options(format))
            #expect(json.received == 0 && json.rejections == [])
        }
    }

    @Test func `a log record keeps its fields, whatever their order`() throws {
        let bytes = Self.log([("service.name", "shop"), ("zone", "z1")]) { record in
            record.attribute(6, "zone") { $0.text(1, "own") }
            record.attribute(6, "zone") { $0.text(1, "twice") }
            record.message(5) { $0.text(1, "first") }
            record.message(5) { $0.text(1, "last one wins") }
            record.varint(2, 13)
            record.fixed64(1, Self.time)
            record.varint(99, 7)
            record.text(100, "unknown")
        }
        let decoded = decode(bytes, Self.options(.otlpLogs))
        let event = try #require(decoded.events.first)
        #expect(decoded.rejections == [] && event.signal == "otel.log" && event.component == "shop")
        #expect(event[attribute: "body"] == .string("last one wins") && event[attribute: "severity"] == .string("warn"))
        #expect(event[attribute: "zone"] == .string("own") && event[attribute: "attributes.zone"] == .string("twice"))
        #expect(event[attribute: "resource.zone"] == .string("z1"))
    }

    @Test func `what cannot be an event is refused, and the others come in`() {
        let bytes = ProtobufBytes { request in
            request.message(1) { resource in
                resource.message(2) { scope in
                    scope.message(2) { $0.fixed64(1, 5) }
                    scope.message(2) { record in
                        record.fixed64(1, Self.time)
                        record.message(5) { $0.data(1, [0xFF, 0xFE]) }
                    }
                    scope.message(2) { record in
                        record.fixed64(1, Self.time)
                        record.message(5) { $0.text(1, String(repeating: "x", count: EventLimits.stringBytes + 1)) }
                    }
                    scope.message(2) { $0.fixed64(1, Self.time) }
                    scope.message(2) { record in
                        record.fixed64(1, Self.time)
                        record.attribute(6, "") { $0.text(1, "no name") }
                        record.attribute(6, "tab\t") { $0.text(1, "no name") }
                    }
                }
            }
        }.bytes
        let decoded = decode(bytes, Self.options(.otlpLogs))
        #expect(decoded.reasons == [.timeOutOfRange, .invalidUTF8, .stringTooLong])
        #expect(decoded.events.count == 2 && decoded.lines == [4, 5] && decoded.received == 5)
        #expect(decoded.leftOut == ["(fields whose names are none)": 2])
    }

    @Test(arguments: [
        "nothing", "[1,2]", "{\"resourceLogs\":7}",
        "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"timeUnixNano\":\"x\"}]}]}]}",
        "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"traceId\":\"zz\"}]}]}]}", "{\"resourceLogs\":[", " ",
    ])
    func `a document that cannot be read to its end is refused as a whole`(text: String) {
        var options = Self.options(.otlpLogs)
        options.encodingOfDocument = .json
        let decoded = decode(Array(text.utf8), options)
        #expect(decoded.events == [] && decoded.rejections.count == 1 && decoded.received == 1)
    }

    @Test func `values inside values may not be too deep`() {
        func nested(_ depth: Int) -> [UInt8] {
            if depth == 0 { return ProtobufBytes { $0.text(1, "x") }.bytes }
            return ProtobufBytes { $0.message(5) { $0.data(1, nested(depth - 1)) } }.bytes
        }
        for (depth, isTaken) in [(24, true), (25, false), (2_000, false)] {
            let bytes = Self.log { record in
                record.fixed64(1, Self.time)
                record.data(5, nested(depth))
            }
            #expect(decode(bytes, Self.options(.otlpLogs)).events.count == (isTaken ? 1 : 0), "\(depth)")
        }
    }

    @Test func `a resource that stands once cannot become any amount of values`() {
        let bytes = ProtobufBytes { request in
            request.message(1) { resource in
                resource.message(1) { message in
                    for number in 0..<2_000 { message.attribute(1, "a\(number)") { $0.varint(2, 1) } }
                }
                resource.message(2) { scope in
                    for _ in 0..<100_000 { scope.message(2) { _ in } }
                }
            }
        }.bytes
        let decoded = decode(bytes, Self.options(.otlpLogs))
        #expect(decoded.events == [] && decoded.reasons == [.eventTooLarge])
    }

    @Test func `a document that is sent again has the same ids, and another one has others`() throws {
        let bytes = Self.log { $0.fixed64(1, Self.time) }
        let other = Self.log { $0.fixed64(1, Self.time + 1) }
        let ids = [bytes, bytes, other].map { decode($0, Self.options(.otlpLogs)).events.first?.id }
        #expect(ids[0] == ids[1] && ids[0] != ids[2])
    }

    @Test func `increases go on over documents once those are in the log`() {
        func point(_ value: UInt64, _ minute: UInt64) -> [UInt8] {
            ProtobufBytes { request in
                request.message(1) {
                    $0.message(2) {
                        $0.message(2) { metric in
                            metric.text(1, "orders")
                            metric.message(7) { sum in
                                sum.varint(2, 2)
                                sum.varint(3, 1)
                                sum.message(1) { point in
                                    point.fixed64(2, Self.time - 3_600_000_000_000)
                                    point.fixed64(3, Self.time - 3_000_000_000_000 + minute * 60_000_000_000)
                                    point.fixed64(6, value)
                                }
                            }
                        }
                    }
                }
            }.bytes
        }
        let series = CumulativeSeries()
        func delta(_ bytes: [UInt8], isAppended: Bool = true) -> Value? {
            let event = decode(bytes, Self.options(.otlpMetrics, series)).events.first
            if isAppended { series.commit() } else { series.discard() }
            return event?[attribute: "delta"]
        }
        #expect(delta(point(5, 1)) == .int64(5))
        #expect(delta(point(8, 2), isAppended: false) == .int64(3))
        #expect(delta(point(8, 2)) == .int64(3))
        #expect(delta(point(8, 2)) == nil, "sent again")
        #expect(delta(point(7, 1)) == nil, "out of order")
        #expect(delta(point(2, 4)) == .int64(2), "the counter began anew")
    }

    @Test(arguments: formats) func `cut off anywhere it is refused or read, and ends nothing`(format: InputFormat) throws {
        for suffix in ["-python", ""] {
            let name = suffix.isEmpty ? format.rawValue : format.rawValue.replacing("_", with: "-") + suffix
            let bytes = try #require(GoldenFolder(name: name).read("input"))
            for length in 0..<bytes.count {
                let decoded = decode(Array(bytes[..<length]), DecodeOptions(format, now: goldenNow))
                #expect(decoded.received == decoded.events.count + decoded.rejections.count)
            }
        }
    }

    @Test(arguments: formats) func `changed bytes end nothing, and every record is counted`(format: InputFormat) throws {
        var random = Seeded(state: UInt64(format.rawValue.utf8.count) &* 77)
        for name in [format.rawValue, format.rawValue.replacing("_", with: "-") + "-python"] {
            let bytes = try #require(GoldenFolder(name: name).read("input"))
            for _ in 0..<800 {
                var changed = bytes
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    let place = Int.random(in: 0..<changed.count, using: &random)
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: changed[place] = UInt8.random(in: 0...255, using: &random)
                    case 1: changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                    case 2: changed.remove(at: place)
                    default: changed.insert(contentsOf: changed[place..<min(place + 9, changed.count)], at: place)
                    }
                }
                let decoded = decode(changed, DecodeOptions(format, now: goldenNow))
                #expect(decoded.received == decoded.events.count + decoded.rejections.count)
            }
        }
    }
}
