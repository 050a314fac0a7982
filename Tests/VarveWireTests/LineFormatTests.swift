import Testing
import VarveEvents
import VarveSettings
import VarveWire

/// Lines that were once read as something that they do not say.
@Suite struct LineFormatTests {
    private let stamp = #"[07/Mar/2025:15:58:51 +0200] "GET /v HTTP/1.1" 200 5"#

    private func written(_ line: String, as format: String) -> Decoded {
        var options = DecodeOptions(.logFormat, now: testNow)
        options.lineFormat = format
        return decode(Array(line.utf8), options)
    }

    @Test(arguments: [
        ("date time c-ip time-taken", "2025-03-07 13:58:51 203.0.113.7 15", Value.int64(15)),
        ("date time x-edge-location time-taken", "2025-03-07\t13:58:51\tFRA2\t2.500", .int64(2_500)),
        ("date time x-edge-location time-taken", "2025-03-07\t13:58:51\tFRA2\t3", .int64(3_000)),
        ("date time c-ip time-taken", "2025-03-07 13:58:51 203.0.113.7 0.001", .int64(1)),
    ])
    func `time-taken is in seconds or in milliseconds`(fields: String, line: String, value: Value) {
        let decoded = decode("#Version: 1.0\n#Fields: \(fields)\n\(line)\n", .w3c)
        #expect(decoded.rejections == [])
        #expect(decoded.events.first?[attribute: "duration_ms"] == value)
        #expect(decoded.events.first?[attribute: "time-taken"] == nil)
    }

    @Test func `a mapping of one's own finds time-taken as it is written`() throws {
        var options = DecodeOptions(.w3c, now: testNow)
        options.mapping = try FieldMapping(
            yaml: "time: {columns: [date, time], unit: rfc3339}\nzone: UTC\nsignal: {constant: s}\n"
                + "attributes: {taken_s: time-taken}\n", file: "m")
        let text = "#Fields: date time x-edge-location time-taken\n2025-03-07\t13:58:51\tFRA2\t2.500\n"
        #expect(decode(Array(text.utf8), options).events.first?[attribute: "taken_s"] == .double(2.5))
    }

    @Test(arguments: [
        ("%T %D", "0 950000", 950, ["request_time_s"]), ("%D", "1234", 1.234, []), ("%T", "2", 2_000, []),
        ("%{ms}T", "17", 17, []), ("%{us}T", "17", 0.017, []), ("%{ms}T %D", "1 1900", 1.9, ["top.duration_ms"]),
    ] as [(String, String, Double, [String])])
    func `the finest duration is the duration`(fields: String, text: String, milliseconds: Double, others: [String]) {
        let decoded = written("203.0.113.7 - - \(stamp) \(text)", as: #"%h %l %u %t "%r" %>s %b "# + fields)
        #expect(decoded.rejections == [])
        #expect(decoded.events.first?[attribute: "duration_ms"] == .double(milliseconds))
        for name in others { #expect(decoded.events.first?[attribute: name] != nil, "\(name)") }
        if fields.contains("D") || fields.contains("us") { #expect(decoded.events.first?[attribute: "duration_us"] != nil) }
    }

    @Test func `nginx's request time is the duration`() {
        let decoded = written("203.0.113.7 1755000000.123 0.005", as: "$remote_addr $msec $request_time")
        #expect(decoded.events.first?[attribute: "duration_ms"] == .double(5))
    }

    @Test(arguments: [
        "203.0.113.14 - john doe", "203.0.113.14:5123 - john doe", "2001:db8::1 - john doe", "client.example - john doe",
        "203.0.113.14 - -",
    ])
    func `a line without a virtual host is not read as one with it`(front: String) {
        let line = "\(front) \(stamp) \"-\" \"ua\"\n"
        let decoded = decode(line, .vhostCombined)
        #expect(decoded.reasons == [.syntax])
        #expect(decoded.rejections.first?.hint == "this looks like an access log: --format combined")
        let found = decode(line, .auto).events.first
        #expect(found?[attribute: "host"] == nil)
        #expect(found?[attribute: "client"] != nil)
    }

    @Test(arguments: [
        ("shop.example.org:443 client.example - ann", "client.example"), ("shop 203.0.113.9 - -", "203.0.113.9"),
        ("shop:80 - - -", nil), ("shop [2001:db8::1]:80 - -", "[2001:db8::1]:80"), ("10.0.0.1 203.0.113.9 - -", "203.0.113.9"),
        ("shop 203.0.113.9:80 - john doe", "203.0.113.9:80"),
    ] as [(String, String?)])
    func `a virtual host has a port, or an address behind it`(front: String, client: String?) {
        let decoded = decode("\(front) \(stamp) \"-\" \"ua\"", .vhostCombined)
        #expect(decoded.rejections == [])
        #expect(decoded.events.first?[attribute: "client"] == client.map { .string($0) })
        #expect(decoded.events.first?[attribute: "host"] != nil)
    }

    @Test func `the empty user that Apache writes is none`() {
        #expect(decode("203.0.113.9 - \"\" \(stamp)", .common).events.map(\.user) == [nil])
        let decoded = written("203.0.113.9 - \"\" \(stamp)", as: #"%h %l %u %t "%r" %>s %b"#)
        #expect(decoded.events.map(\.user) == [nil])
    }

    @Test(arguments: [
        ("  indented\\n", "  indented"), ("  two \\r\\n", "  two "), ("\\ttab", "\ttab"), ("\\n", nil),
    ] as [(String, String?)])
    func `a container's line keeps its white space`(log: String, message: String?) {
        let decoded = decode(#"{"log":"\#(log)","stream":"stdout","time":"2025-01-01T11:11:11Z"}"#, .docker)
        #expect(decoded.events.map { $0[attribute: "message"] } == [message.map { .string($0) }])
    }

    @Test(arguments: [
        ("2025-11-30T06:45:29+00:00 heroku[router]: at=info", nil, "heroku", "at=info"),
        ("<13>1 2025-11-30T06:45:29+00:00 host heroku router - - at=info", "host", "heroku", "at=info"),
        ("<13>2025-11-30T06:45:29+00:00 su: text", nil, "su", "text"),
        ("2025-11-30T06:45:29+00:00 host su[230]: text", "host", "su", "text"),
        ("2025-11-30T06:45:29+00:00 fe80:: su: text", "fe80::", "su", "text"),
        ("2025-11-30T06:45:29+00:00 10.0.0.1: text", "10.0.0.1:", nil, "text"),
        ("2025-11-30T06:45:29+00:00 router1: %SYS-5-CONFIG_I: text", "router1:", "%SYS-5-CONFIG_I", "text"),
    ] as [(String, String?, String?, String)])
    func `syslog without a host names its program`(line: String, host: String?, app: String?, message: String) {
        for format in [InputFormat.syslog, .auto] {
            let event = decode(line + "\n", format).events.first
            #expect(event?[attribute: "host"] == host.map { .string($0) })
            #expect(event?.component == app)
            #expect(event?[attribute: "message"] == .string(message))
        }
    }

    @Test func `Traefik's common lines give all their fields`() {
        let line = "10.0.0.1 - - \(stamp) \"-\" \"curl\" 17 \"web@docker\" \"http://10.0.0.7:80\" 3ms\n"
        for format in [InputFormat.combined, .auto] {
            let decoded = decode(line + line, format)
            #expect(decoded.rejections == [])
            let event = decoded.events.first
            #expect(event?.component == "web@docker")
            #expect(event?[attribute: "RequestCount"] == .int64(17))
            #expect(event?[attribute: "ServiceURL"] == .string("http://10.0.0.7:80"))
            #expect(event?[attribute: "duration_ms"] == .double(3))
        }
        let missing = decode("10.0.0.1 - - \(stamp) \"-\" \"curl\" 17 \"-\" \"-\" 0ms\n", .combined).events.first
        #expect(missing?.component == nil && missing?[attribute: "duration_ms"] == .double(0))
        for end in ["17", "17 \"a\"", "17 \"a\" \"b\" 3s", "17 \"a\" \"b\" 3ms x"] {
            #expect(decode("10.0.0.1 - - \(stamp) \"-\" \"curl\" \(end)\n", .combined).reasons == [.syntax], "\(end)")
        }
    }
}
