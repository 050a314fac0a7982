/// A value of generated data, as text that is the same on every platform: no floating-point value is ever printed.
enum TrafficValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral {
    case integer(Int64)
    /// 1234 is `123.4`.
    case tenths(Int64)
    /// 965 is `0.965`.
    case thousandths(Int64)
    case text(String)
    case flag(Bool)
    /// JSON, unchanged.
    case json(String)

    init(integerLiteral value: Int64) { self = .integer(value) }
    init(stringLiteral value: String) { self = .text(value) }
    init(booleanLiteral value: Bool) { self = .flag(value) }

    static func number(_ value: UInt64) -> TrafficValue { .integer(Int64(truncatingIfNeeded: value)) }

    var json: String {
        switch self {
        case .integer(let value): "\(value)"
        case .tenths(let value): "\(value / 10).\(value % 10)"
        case .thousandths(let value): "\(value / 1_000)." + String("\(1_000 + value % 1_000)".dropFirst())
        case .text(let text): "\"\(text)\""
        case .flag(let flag): flag ? "true" : "false"
        case .json(let text): text
        }
    }
}

/// A planned event: its line except for the id, which comes first.
struct TrafficLine {
    /// Milliseconds since 1970.
    var time: Int64
    /// Breaks ties of equal times: the event created first comes first.
    var number: Int
    var text: String

    static func < (left: TrafficLine, right: TrafficLine) -> Bool {
        (left.time, left.number) < (right.time, right.number)
    }
}

/// The context in which the recipes of a system create events: the time, random choices, and what is open.
struct TrafficMaker {
    var random: RandomStream
    /// The time of the slot, in milliseconds since 1970.
    var now: Int64 = 0
    /// Whether there is an incident at this time.
    var isFailing = false
    private(set) var lines: [TrafficLine] = []
    private var made = 0
    /// Per name, the number created so far: incidents, debts, messages.
    private var counters: [String: Int] = [:]

    init(seed: UInt64) {
        random = RandomStream(seed: seed)
    }

    mutating func takeLines() -> [TrafficLine] {
        defer { lines.removeAll(keepingCapacity: true) }
        return lines
    }

    /// Plans an event, in this many milliseconds. Nil values in `data` are absent.
    mutating func emit(
        _ signal: String, after delay: Int64 = 0, component: String? = nil, session: String? = nil, user: String? = nil,
        _ data: KeyValuePairs<String, TrafficValue?>
    ) {
        let time = now + delay
        var text = "\"time\":\(time),\"signal\":\"\(signal)\""
        if let component { text += ",\"component\":\"\(component)\"" }
        if let session { text += ",\"session_id\":\"\(session)\"" }
        if let user { text += ",\"user_id\":\"\(user)\"" }
        text += ",\"data\":{"
        var isFirst = true
        for (name, value) in data {
            guard let value else { continue }
            text += (isFirst ? "\"" : ",\"") + name + "\":" + value.json
            isFirst = false
        }
        lines.append(TrafficLine(time: time, number: made, text: text + "}}\n"))
        made += 1
    }

    /// The next number for this name, from 1.
    mutating func next(_ name: String) -> Int {
        counters[name, default: 0] += 1
        return counters[name] ?? 1
    }

    mutating func below(_ bound: UInt64) -> Int64 { Int64(random.below(bound)) }

    mutating func chance(_ perMille: UInt64) -> Bool { random.chance(perMille: perMille) }

    /// One of the texts, favouring the first ones: the smaller of two draws.
    mutating func pick(_ texts: [String]) -> String {
        let count = UInt64(texts.count)
        return texts[Int(min(random.below(count), random.below(count)))]
    }

    /// A duration close to log-normal around `median` milliseconds; four times as long during an incident.
    mutating func duration(_ median: UInt64) -> TrafficValue {
        .tenths(Int64(TrafficShape.duration(median: median * (isFailing ? 40 : 10), &random, TrafficShape.spread)))
    }

    /// A user, some much more frequent than others.
    mutating func user(of count: UInt64) -> String {
        let draw = random.below(1 << 16)
        return "user_" + String("\(10_000_001 + (draw * draw * count) >> 32)".dropFirst())
    }

    /// The user's session in this hour.
    func session(of user: String) -> String {
        "sess_\(user.dropFirst(5))\(now / 3_600_000 % 1_000)"
    }
}
