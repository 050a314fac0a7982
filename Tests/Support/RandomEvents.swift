public import VarveEvents

/// Repeatable randomness: SplitMix64 (Steele, Lea, Flood 2014). The same seed gives the same numbers on every machine.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) {
        state = seed
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

/// Events of every shape that a column can take: all types, nulls, one name with two types, constants, ids, long strings,
/// times out of order. For property tests.
public func randomEvents(count: Int, seed: UInt64, ids: Bool = true) -> [Event] {
    var random = SeededRandom(seed: seed)
    let signals = ["retry.success", "retry.attempt", "optimistic_action.start", "http.request", "é.ü", "x"]
    var time: Int64 = 1_767_225_600_000_000_000
    return (0..<count).map { index in
        time += Int64.random(in: 0...500, using: &random) * 1_000_000
        let late = Int.random(in: 0..<50, using: &random) == 0 ? Int64.random(in: 0...7_200, using: &random) * 1_000_000_000 : 0
        var event = Event(time: Timestamp(nanoseconds: time - late), signal: signals.randomElement(using: &random) ?? "x")
        if ids, Bool.random(using: &random) { event.id = "\(String(seed, radix: 16))-\(index)" }
        if Int.random(in: 0..<10, using: &random) > 0 {
            event.component = ["PaymentButton", "VendorInbox", "Search", nil].randomElement(using: &random) ?? nil
        }
        event.session = "sess_" + String(String(100_000_000 + Int.random(in: 0..<400, using: &random)).dropFirst())
        if Bool.random(using: &random) { event.user = "user_\(Int.random(in: 0..<5_000, using: &random))" }
        event.attributes = randomAttributes(&random)
        return event
    }
}

private func randomAttributes(_ random: inout SeededRandom) -> [Attribute] {
    var attributes: [Attribute] = []
    if Bool.random(using: &random) {
        attributes.append(Attribute("constant", .string("always the same")))
    }
    if Int.random(in: 0..<3, using: &random) > 0 {
        let tenths = Int.random(in: 0...90_000, using: &random)
        attributes.append(Attribute("duration_ms", tenths % 7 == 0 ? .int64(Int64(tenths)) : .double(Double(tenths) / 10)))
    }
    if Bool.random(using: &random) { attributes.append(Attribute("flag", .bool(Bool.random(using: &random)))) }
    if Bool.random(using: &random) {
        attributes.append(Attribute("number", .int64(Int64(bitPattern: random.next()) >> Int64(random.next() % 64))))
    }
    if Bool.random(using: &random) {
        attributes.append(Attribute("ratio", .double(Double.random(in: -1e9...1e9, using: &random))))
    }
    if Int.random(in: 0..<9, using: &random) == 0 { attributes.append(Attribute("shape", .json("{\"a\":[1,2,\"ü\"]}"))) }
    if Bool.random(using: &random) {
        let high = String(random.next() | 1 << 63, radix: 16)
        attributes.append(Attribute("trace", .string(high + String(random.next() | 1 << 63, radix: 16))))
    }
    return attributes
}
