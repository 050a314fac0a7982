import Testing
import VarveEvents
import VarveHash

@testable import VarveProjections

private func event(_ value: Value?, _ quantity: Value? = nil) -> Event {
    var attributes: [Attribute] = []
    if let value { attributes.append(Attribute("x", value)) }
    if let quantity { attributes.append(Attribute("q", quantity)) }
    var event = Event(time: Timestamp(nanoseconds: 1_767_225_600_000_000_000), signal: "a", attributes: attributes)
    event.user = "200"
    return event
}

private func view(_ dimensions: String, _ measures: String) throws -> ViewDefinition {
    try ViewDefinition(yaml: "name: mixed\n\(dimensions)measures: {n: count, \(measures)}\n", file: "mixed.yaml")
}

private func rows(_ definition: ViewDefinition, _ events: [Event], by size: Int = 64) throws -> [ViewRow] {
    var states = ViewStates(FoldPlan([definition]))
    for batch in EventStreams.batches(events, size: size) { states.fold(batch) }
    return try #require(states.state(of: definition)).rows(ViewQuery(bucket: .all))
}

/// One field with values of several types.
struct MixedTypeTests {
    private static let values: [Value] = [
        .int64(200), .string("200"), .double(200), .string("200"), .double(0.5), .string("0.5"), .string(".5"), .bool(true),
        .string("true"), .string("True"), .string("200.0"), .int64(-3), .string("-3"), .string("- 3"), .double(1e300),
        .string("1e+300"), .string("nan"), .string(""), .string("0200"),
    ]

    @Test func `distinct values are those that a grouping has, with and without dimensions`() throws {
        let groups = try rows(view("dimensions: [x]\n", "u: {distinct: user}"), Self.values.map { event($0) }).count
        #expect(groups == 17)
        for (dimensions, size) in [("", 64), ("", 1), ("dimensions: [signal]\n", 64), ("dimensions: [signal]\n", 3)] {
            let definition = try view(dimensions, "d: {distinct: x}, c: {distinct: [x, signal]}")
            let row = try #require(try rows(definition, Self.values.map { event($0) }, by: size).first)
            #expect(row["d"] == .int(Int64(groups)) && row["c"] == row["d"], "\(dimensions) in batches of \(size)")
        }
    }

    @Test func `only a text that reads exactly like another type's value has another hash than before`() {
        func isOther(_ text: String) -> Bool {
            var text = text
            return text.withUTF8 { DistinctText.readsLikeAnotherType(UnsafeRawBufferPointer($0)) }
        }
        for text in ["0", "-1", "9223372036854775807", "-9223372036854775808", "0.1", "1e+19", "5e-324", "inf", "-inf", "true"] {
            #expect(isOther(text), "\(text)")
        }
        for text in ["", "+1", "01", "1.0", "1e3", "0x10", "1 ", "user_1", "9223372036854775808", "NaN", "TRUE", "a1", "1_000"] {
            #expect(!isOther(text), "\(text)")
        }
        // The envelope has texts only, which are hashed as they always were.
        var text = "200"
        text.withUTF8 { bytes in
            let raw = UnsafeRawBufferPointer(bytes)
            #expect(DistinctText.hash(raw, ofAttribute: false) == XXH3.hash64(raw))
            #expect(DistinctText.hash(raw, ofAttribute: true) != XXH3.hash64(raw))
        }
    }

    @Test(arguments: [1, 64])
    func `a sum counts what is no number beside it, by row and without dimensions`(size: Int) throws {
        let numbers: [Value?] = [.int64(2), .double(0.5), .double(.infinity), .int64(4)]
        let values = numbers + [.string("5"), .bool(true), nil, .string("")]
        for dimensions in ["", "dimensions: [signal]\n"] {
            let definition = try view(dimensions, "total: {sum: x}, least: {min: x}")
            let row = try #require(try rows(definition, values.map { event($0) }, by: size).first)
            #expect(row["n"] == .int(8) && row["total"]?.text == "6.5" && row["least"] == .double(0.5))
            #expect(row.leftOut == [NamedCount("total", 4)])
        }
        let texts = try #require(try rows(view("", "total: {sum: user}"), [event(nil), event(nil)], by: size).first)
        #expect(texts["total"] == .null && texts.leftOut == [NamedCount("total", 2)])
        let none = try #require(try rows(view("", "total: {sum: x}"), [event(nil), event(.int64(1))], by: size).first)
        #expect(none.leftOut.isEmpty)
    }

    @Test func `a product counts events that have all its factors, not all of them numbers`() throws {
        let events = [
            event(.int64(2), .int64(3)), event(.string("2"), .int64(3)), event(.int64(2), .string("3")),
            event(.string("2"), .bool(true)), event(.string("2"), nil), event(nil, .int64(3)), event(nil, nil),
        ]
        let row = try #require(try rows(view("", "p: {sum: {product: [x, q]}}"), events).first)
        #expect(row["p"]?.text == "6" && row.leftOut == [NamedCount("p", 3)])
    }

    @Test func `cells of a changed fold have another identity, and the view the same fingerprint`() throws {
        for measures in ["s: {sum: x}", "d: {distinct: x}", "p: {sum: {product: [x, q]}}"] {
            let definition = try view("", measures)
            #expect(definition.cellFingerprint != definition.fingerprint, "\(measures)")
        }
        for measures in ["d: {distinct: user}", "c: {distinct: [x, q]}", "l: {max: x}", "t: {top: x}"] {
            let definition = try view("", measures)
            #expect(definition.cellFingerprint == definition.fingerprint, "\(measures)")
        }
    }
}
