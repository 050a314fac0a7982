import Testing
import VarveEvents
import VarveSettings
import VarveWire

/// No field of a record vanishes because a mapping prefers another one.
@Suite struct AlternativeFieldsTests {
    private func decoded(_ yaml: String, _ text: String, _ format: InputFormat = .ndjson) throws -> Decoded {
        var options = DecodeOptions(format, now: testNow)
        options.mapping = try FieldMapping(yaml: yaml, file: "map.yaml")
        return decode(Array(text.utf8), options)
    }

    @Test(arguments: [
        ("component: [a, b]", #""a":"x","b":"y""#, [Attribute("b", .string("y"))]),
        ("component: [a, b]", #""b":"y""#, []), ("component: [a, b]", #""a":"x","b":"""#, []),
        ("component: [a, b]\nattributes: {n: b}", #""a":"x","b":"y""#, [Attribute("n", .string("y"))]),
        ("component: [a, b]\ndrop: [b]", #""a":"x","b":"y""#, []),
        (
            "attributes: {b: {lower: [a, b]}}", #""a":"X","b":"y""#,
            [Attribute("b", .string("x")), Attribute("top.b", .string("y"))]
        ),
        (
            "component: [{from: a, map: {x: y}}, {concat: [b, c]}]", #""a":"z","b":1,"c":2"#, [Attribute("a", .string("z"))]
        ),
        ("component: a", #""a":"x","second":5"#, [Attribute("second", .int64(5))]),
        (
            "component: \"l[0]\"", #""l":["x","y"]"#, [Attribute("l", .json(#"["x","y"]"#))]
        ),
    ] as [(String, String, [Attribute])])
    func `an alternative that gave no value is kept under its name`(yaml: String, json: String, kept: [Attribute]) throws {
        let times = "time: [{path: t, unit: ms}, {path: second, unit: s}]\nsignal: {constant: s}\n"
        let decoded = try decoded(times + yaml + "\n", #"{"t":1755000000123,"# + json + "}")
        #expect(decoded.rejections == [])
        #expect(decoded.events.first?.attributes == kept)
    }

    @Test func `an alternative is counted where other fields are dropped`() throws {
        let yaml = "time: {path: t, unit: ms}\nsignal: {constant: s}\ncomponent: [a, b]\n"
        let table = try decoded(yaml, "t,a,b\n1755000000123,x,y\n1755000000123,,y\n", .csv)
        #expect(table.events.map(\.component) == ["x", "y"])
        #expect(table.leftOut == ["b": 1])
        let kept = try decoded(yaml + "rest: keep\n", "t,a,b\n1755000000123,x,y\n", .csv)
        #expect(kept.events.first?.attributes == [Attribute("b", .string("y"))])
        let dropped = try decoded(yaml + "rest: drop\n", #"{"t":1755000000123,"a":"x","b":"y"}"#)
        #expect(dropped.leftOut == ["b": 1])
    }

    private static let preferring: [(format: InputFormat, line: String, names: [String])] = [
        (.pino, #"{"level":30,"time":1755000000123,"name":"n","service":"v","hostname":"h"}"#, ["hostname", "service"]),
        (
            .ecs,
            #"{"@timestamp":"2025-08-12T12:00:00Z","service.name":"s","host.name":"h","user":{"id":"u","name":"n"}}"#,
            ["host.name", "user.name"]
        ),
        (
            .ecs, #"{"@timestamp":"2025-08-12T12:00:00Z","container.name":"c","agent":{"name":"a"}}"#, ["agent.name"]
        ),
        (
            .journald,
            #"{"__REALTIME_TIMESTAMP":"1755000000123000","_SYSTEMD_UNIT":"u","SYSLOG_IDENTIFIER":"i","_COMM":"c"}"#,
            ["SYSLOG_IDENTIFIER", "_COMM"]
        ),
        (
            .journald,
            #"{"__REALTIME_TIMESTAMP":"1755000000123000","_SOURCE_REALTIME_TIMESTAMP":"1755000000122000"}"#,
            ["__REALTIME_TIMESTAMP"]
        ),
        (.caddy, #"{"ts":1755000000.5,"request":{"client_ip":"1.2.3.4","remote_ip":"10.0.0.1"}}"#, ["request.remote_ip"]),
        (
            .traefik,
            #"{"StartUTC":"2025-08-12T12:00:00Z","time":"2025-08-12T12:00:01Z","ServiceName":"s","RouterName":"r"}"#,
            ["RouterName", "time"]
        ),
        (
            .logfmt, "time=2025-08-12T12:00:00Z t=5 at=info component=c service=s app=a logger=l",
            ["app", "at", "logger", "service", "t"]
        ),
        (.logfmt, "time=2025-08-12T12:00:00Z level=info severity=x user_id=u user=v", ["severity", "user"]),
    ]

    @Test(arguments: preferring)
    func `presets keep what they prefer another field to`(format: InputFormat, line: String, names: [String]) {
        let decoded = decode(line + "\n", format)
        #expect(decoded.rejections == [])
        let found = decoded.events.first?.attributes.map(\.name) ?? []
        for name in names { #expect(found.contains(name), "\(name) of \(found)") }
    }

    private static let joined: [(yaml: String, rows: [String], ids: [String])] = [
        ("id: [a, b]", ["a/b,c", "a,b/c"], [#"a\/b/c"#, #"a/b\/c"#]),
        ("id: [a, b]", [#"a\,b"#, #"a,\b"#], [#"a\\/b"#, #"a/\\b"#]),
        ("id: {columns: [a, b], nullable: true}", ["1/,", "1,/"], [#"1\//"#, #"1/\/"#]),
        ("id: [a, b]", ["t-1,s:2"], ["t-1/s:2"]), ("id: a", [#"x/y\z,"#], [#"x/y\z"#]),
    ]

    @Test(arguments: joined)
    func `different parts never give the same id`(yaml: String, rows: [String], ids: [String]) throws {
        let yaml = "time: {path: t, unit: ms}\nsignal: {constant: s}\n\(yaml)\n"
        let text = "t,a,b\n" + rows.map { "1755000000123,\($0)\n" }.joined()
        let decoded = try decoded(yaml, text, .csv)
        #expect(decoded.rejections == [])
        #expect(decoded.events.map(\.id) == ids)
    }
}
