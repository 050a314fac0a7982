import Testing
import VarveEvents
import VarveSettings
import VarveWire

/// Sources of a mapping, each by what it gives.
@Suite struct MappingTests {
    private func event(_ yaml: String, _ json: String, path: String = "") throws -> Event? {
        var options = DecodeOptions(.ndjson, now: testNow)
        options.mapping = try FieldMapping(yaml: "time: {path: t, unit: ms}\n" + yaml, file: "map.yaml")
        options.path = path
        return decode(Array((#"{"t":1755000000123,"# + json + "}").utf8), options).events.first
    }

    @Test(arguments: [
        ("a", #""a":"x""#, "x"), ("[a, b]", #""a":null,"b":"y""#, "y"), ("[a, b]", #""a":"","b":"y""#, "y"),
        ("{constant: c}", #""a":1"#, "c"), ("{from: a, map: {x: y}}", #""a":"x""#, "y"),
        ("{from: a, map: {x: y}}", #""a":"z""#, nil),
        ("{from: a, map: {x: y}, default: d}", #""a":"z""#, "d"), ("{from: a, map: {x: y}, unmapped: keep}", #""a":"z""#, "z"),
        ("{from: a, map: {\"30\": info}}", #""a":30"#, "info"), ("{concat: [a, b], separator: \"-\"}", #""a":"x","b":7"#, "x-7"),
        ("{concat: [a, b], separator: \"-\"}", #""b":true"#, "true"), ("{before: \"?\", of: a}", #""a":"/p?q=1?""#, "/p"),
        ("{before: \"?\", of: a}", #""a":"/p""#, "/p"), ("{after: \"?\", of: a}", #""a":"/p?q=1?""#, "q=1?"),
        ("{after: \"?\", of: a}", #""a":"/p""#, nil), ("{trim: a}", #""a":" \t x y\n""#, "x y"),
        ("{lower: a}", #""a":"ÄBc""#, "Äbc"),
        ("{lower: [b, a]}", #""a":"X""#, "x"), ("o.p", #""o":{"p":"deep"}"#, "deep"), ("o.p", #""o.p":"dotted""#, "dotted"),
        ("\"o[0]\"", #""o":["first","second"]"#, "first"), ("a", #""a":1.50"#, "1.50"),
        ("a", #""a":18446744073709551615"#, "18446744073709551615"),
    ] as [(String, String, String?)])
    func `a source gives its text`(source: String, json: String, text: String?) throws {
        #expect(try event("signal: {constant: s}\ncomponent: \(source)\n", json)?.component == text)
    }

    @Test(arguments: [
        ("*_{}-*.log", "/var/log/shop_web-0f.log", "web"), ("{}/*.csv", "in/machine/cpu.csv", "machine"),
        ("{}.log", "conn.log", "conn"),
        ("{}.log", "conn.log.gz", nil), ("pods/*_{}_*/*/*.log", "/var/log/pods/ns_pod-1_uid/web/0.log", "pod-1"),
        ("x/{}", "a/b", nil), ("{}", "a/b", "b"), ("a{}a", "aa", nil), ("a{}a", "aba", "b"), ("*/{}", "b", nil),
    ] as [(String, String, String?)])
    func `a pattern finds a part of the path`(pattern: String, path: String, part: String?) throws {
        #expect(try event("signal: {constant: s}\ncomponent: {file: \"\(pattern)\"}\n", #""a":1"#, path: path)?.component == part)
    }

    @Test(arguments: [
        ("{product: [a, b]}", #""a":3,"b":4"#, Value.int64(12)),
        ("{product: [a, b], type: double}", #""a":0.1,"b":3"#, .double(0.3)),
        ("{product: [a, b], type: double, scale: 0.01}", #""a":"1.5","b":7"#, .double(0.105)),
        ("{path: a, type: int}", #""a":7.0"#, .int64(7)), ("{path: a, type: bool}", #""a":"TRUE""#, .bool(true)),
        ("{path: a, type: string}", #""a":{"b":[1]}"#, .string(#"{"b":[1]}"#)), ("a", #""a":[1,2]"#, .json("[1,2]")),
        ("{path: a, type: double}", #""a":-9223372036854775808"#, .double(-9.223372036854775808e18)),
    ])
    func `an attribute has its type`(source: String, json: String, value: Value) throws {
        #expect(try event("signal: {constant: s}\nattributes: {x: \(source)}\nrest: drop\n", json)?[attribute: "x"] == value)
    }

    @Test func `fields that are not named are kept, dropped, or moved aside`() throws {
        let json = #""x":1,"y":{"z":[1],"w":null},"n":2"#
        let kept = try event("signal: {constant: s}\nattributes: {x: n}\ndrop: [y.w]\n", json)
        #expect(
            kept?.attributes == [
                Attribute("top.x", .int64(1)), Attribute("x", .int64(2)), Attribute("y.z", .json("[1]")),
            ])
        let dropped = try event("signal: {constant: s}\nattributes: {x: n}\nrest: drop\n", json)
        #expect(dropped?.attributes == [Attribute("x", .int64(2))])
    }

    @Test(arguments: [
        ("signal: {constant: a, file: \"{}\"}", "either a constant or"),
        ("signal: {concat: [a], product: [b]}", "exactly one of"),
        ("signal: {file: \"no braces\"}", "one {}"), ("zone: Mars", "UTC, +02:00"), ("decimal: tab", "comma or point"),
        ("delimiter: ab", "one character"), ("rest: all", "one of keep, drop"), ("files: [{match: \"{}\"}]", "no pattern"),
        ("files: [{match: a, delimiter: tab}]", "unknown key"), ("encoding: ebcdic", "one of utf-8"),
        ("signal: {before: \"?\"}", "lacks the key \"of\""),
    ])
    func `a wrong mapping names its fault`(line: String, says: String) {
        let error = #expect(throws: SettingsError.self) {
            try FieldMapping(yaml: "time: {path: t, unit: ms}\n" + line + "\n", file: "m")
        }
        #expect(error?.description.contains(says) == true, "\(error?.description ?? "no error")")
    }

    @Test(arguments: ["%Y", "%H:%M", "%d %q", "%", "%m/%Y"])
    func `a format without a date, or with an unknown letter, is refused`(format: String) {
        #expect(throws: SettingsError.self) {
            try FieldMapping(yaml: "time: {path: t, format: \"\(format)\"}\n", file: "m")
        }
    }
}
