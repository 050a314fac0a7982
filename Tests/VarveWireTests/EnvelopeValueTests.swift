import Testing
import VarveEvents
import VarveSettings
import VarveWire

/// Values of the envelope that are no texts, and a `data` that is no object.
@Suite struct EnvelopeValueTests {
    private func line(_ members: String) -> String { #"{"time":1755000000123,"signal":"s",\#(members)}"# + "\n" }

    @Test(arguments: [
        "42", "0", "-0", "-7", "9007199254740993", "9223372036854775807", "9223372036854775808", "18446744073709551615",
        "18446744073709551616", "123456789012345678901234567890", "1.50", "1e3", "1E+2", "-0.0", "1e999", "true", "false",
        "0.10000000000000000000000001",
    ])
    func `a number or boolean is the text that is written`(value: String) throws {
        let members = #""id":\#(value),"tenant":\#(value),"component":\#(value),"session_id":\#(value),"user":\#(value)"#
        let text = line(members + #","data":{"n":2.5}"#)
        // Alone, between others, and read as lines of a known shape.
        for count in [1, 3, 200] {
            let decoded = decode(String(repeating: text, count: count))
            #expect(decoded.rejections == [] && decoded.events.count == count)
            let expected = Event(
                time: Timestamp(nanoseconds: 1_755_000_000_123_000_000), signal: "s", id: value, tenant: value,
                component: value, session: value, user: value, attributes: [Attribute("n", .double(2.5))])
            #expect(decoded.events.allSatisfy { $0 == expected })
        }
        #expect(decode(#"{"time":1755000000123,"signal":\#(value)}"#).events.first?.signal == value)
    }

    @Test func `the last of two values counts, and null is absent, whatever their types`() {
        #expect(decode(line(#""user_id":"a","user":17"#)).events.first?.user == "17")
        #expect(decode(line(#""user_id":17,"user":"a""#)).events.first?.user == "a")
        #expect(decode(line(#""user_id":17,"user":null"#)).events.first?.user == nil)
        let twice = decode(line(#""user":1.50,"data":{"a":1,"a":2}"#)).events.first
        #expect(twice?.user == "1.50" && twice?.attributes == [Attribute("a", .int64(2))])
    }

    @Test(arguments: ["01", "1.", "-", "1e", "+1"])
    func `what is no number in JSON stays refused`(value: String) {
        #expect(decode(line(#""user_id":\#(value)"#)).rejections.count == 1)
    }

    @Test func `an attribute beyond 64 bits stays refused, beside an id that is as large`() {
        let rejection = decode(line(#""id":18446744073709551616,"data":{"x":18446744073709551616}"#)).rejections.first
        #expect(rejection?.reason == .integerOutOfRange)
    }

    @Test(arguments: [
        ("user", #"{"name":"Ann","id":42}"#, "user.id", "42"), ("session", #"{"a":[],"key":"k1"}"#, "session.key", "k1"),
        ("user_id", #"["u7","u8"]"#, "user_id[0]", "u7"),
    ])
    func `an object or a list is refused, with a mapping that takes a part of it`(
        key: String, value: String, path: String, expected: String
    ) throws {
        let text = line(#""\#(key)":\#(value)"#)
        let rejection = try #require(decode(text).rejections.first)
        #expect(rejection.reason == .wrongType && rejection.message.hasPrefix("\"\(key)\" is a"))
        let hint = try #require(rejection.hint)
        #expect(hint.contains("\"\(path)\""))
        var options = DecodeOptions(.ndjson, now: testNow)
        options.mapping = try FieldMapping(yaml: String(hint[try #require(hint.firstIndex(of: "{"))...]), file: "hint")
        let event = try #require(decode(Array(text.utf8), options).events.first)
        #expect((key == "session" ? event.session : event.user) == expected)
    }

    @Test(arguments: [
        (#""plain text""#, Value.string("plain text")), ("[1,{\"a\":2}]", .json(#"[1,{"a":2}]"#)), ("7", .int64(7)),
        ("2.5", .double(2.5)), ("true", .bool(true)), ("\"\"", .string("")),
    ])
    func `data that is no object is an attribute of that name, and comes back the same`(value: String, stored: Value) {
        let text = line(#""data":\#(value),"level":"info""#)
        let decoded = decode(String(repeating: text, count: 3) + line(#""data":{"n":1}"#))
        #expect(decoded.rejections == [])
        let expected = [Attribute("data", stored), Attribute("level", .string("info"))]
        #expect(decoded.events.prefix(3).allSatisfy { $0.attributes == expected })
        #expect(decoded.events.last?.attributes == [Attribute("n", .int64(1))])
        let again = decode(printed(decoded.events), DecodeOptions(.ndjson, now: testNow))
        #expect(again.events == decoded.events && again.rejections == [])
    }

    @Test func `the last data counts`() {
        #expect(decode(line(#""data":"x","data":{"a":1}"#)).events.first?.attributes == [Attribute("a", .int64(1))])
        #expect(decode(line(#""data":{"a":1},"data":"x""#)).events.first?.attributes == [Attribute("data", .string("x"))])
        #expect(decode(line(#""data":"x","data":[1]"#)).events.first?.attributes == [Attribute("data", .json("[1]"))])
        #expect(decode(line(#""data":"x","data":null"#)).events.first?.attributes == [])
    }

    @Test func `a mapping keeps integers beyond 64 bits as their digits`() throws {
        var options = DecodeOptions(.ndjson, now: testNow)
        options.mapping = try FieldMapping(
            yaml: "{time: {path: t, unit: auto}, signal: {constant: log.entry}, id: key}", file: "map")
        let text = #"{"t":1755000000123,"key":123456789012345678901234567890,"n":{"m":-98765432109876543210}}"#
        let event = try #require(decode(Array(text.utf8), options).events.first)
        #expect(event.id == "123456789012345678901234567890")
        #expect(event.attributes == [Attribute("n.m", .string("-98765432109876543210"))])
    }
}
