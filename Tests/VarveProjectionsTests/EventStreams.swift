import VarveEvents

/// A small generator of numbers with a seed: tests say what they run on.
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}

/// Random event streams with all that makes folding hard, and batches of them.
enum EventStreams {
    static let signals = [
        "optimistic_action.start", "optimistic_action.success", "optimistic_action.rollback", "retry.attempt", "retry.success",
        "retry.failure", "error_boundary.triggered", "http.request", "odd",
    ]
    static let start: Int64 = 1_700_000_000_000_000_000

    /// `count` events over about `hours` hours; `late` in a hundred come out of order by up to two days.
    static func random(_ count: Int, seed: UInt64, hours: Int = 30, late: Int = 3) -> [Event] {
        var numbers = SeededNumbers(seed)
        let step = Int64(hours) * 3_600_000_000_000 / Int64(max(count, 1))
        return (0..<count).map { index in
            var time = start + Int64(index) * step + Int64.random(in: 0..<1_000_000_000, using: &numbers)
            if Int.random(in: 0..<100, using: &numbers) < late {
                time -= Int64.random(in: 0..<172_800_000_000_000, using: &numbers)
            }
            return event(time, &numbers)
        }
    }

    private static func event(_ time: Int64, _ numbers: inout SeededNumbers) -> Event {
        var event = Event(time: Timestamp(nanoseconds: time), signal: signals.randomElement(using: &numbers)!)
        if Int.random(in: 0..<10, using: &numbers) > 0 { event.component = "Component\(Int.random(in: 0..<12, using: &numbers))" }
        if Int.random(in: 0..<4, using: &numbers) > 0 { event.user = "user_\(Int.random(in: 0..<300, using: &numbers))" }
        var attributes: [Attribute] = []
        if event.signal.hasPrefix("retry") {
            attributes.append(Attribute("api_endpoint", .string("/api/\(Int.random(in: 0..<7, using: &numbers))")))
        }
        if event.signal == "http.request" {
            attributes.append(Attribute("bytes", .int64(Int64.random(in: 0..<100_000, using: &numbers))))
            attributes.append(Attribute("method", .string(Bool.random(using: &numbers) ? "GET" : "post")))
            attributes.append(Attribute("path", .string("/p/\(Int.random(in: 0..<40, using: &numbers))")))
            attributes.append(Attribute("status", .int64([200, 200, 304, 404, 503].randomElement(using: &numbers)!)))
        }
        switch Int.random(in: 0..<8, using: &numbers) {
        case 0: break
        case 1: attributes.append(Attribute("duration_ms", .int64(Int64.random(in: 0..<5_000, using: &numbers))))
        case 2: attributes.append(Attribute("duration_ms", .double(Double.random(in: -5..<1e7, using: &numbers))))
        case 3: attributes.append(Attribute("duration_ms", .double(Double.random(in: 0..<1e-9, using: &numbers))))
        default: attributes.append(Attribute("duration_ms", .double(Double(Int.random(in: 0..<90_000, using: &numbers)) / 10)))
        }
        if event.signal == "odd", Bool.random(using: &numbers) {
            attributes.append(Attribute("flag", .bool(Bool.random(using: &numbers))))
            let kinds: [Value] = [.int64(3), .double(3), .double(2.5), .string("3"), .json("[1]")]
            attributes.append(Attribute("mixed", kinds.randomElement(using: &numbers)!))
        }
        event.attributes = attributes.sorted { $0.name < $1.name }
        return event
    }

    /// Batches of up to `size` rows. Doubles of a column that are all tenths become decimals, as a frame would decode them.
    static func batches(_ events: [Event], size: Int, decimals: Bool = true) -> [EventBatch] {
        stride(from: 0, to: events.count, by: size).map { first in
            var builder = BatchBuilder()
            for event in events[first..<min(first + size, events.count)] { builder.append(event) }
            var batch = builder.finish()
            batch.firstOffset = Offset(UInt64(first))
            if decimals { batch.columns = batch.columns.map { decimal($0) } }
            return batch
        }
    }

    private static func decimal(_ column: Column) -> Column {
        guard case .double(let values) = column.values else { return column }
        var mantissas: [Int32] = []
        for value in values {
            guard let mantissa = Int32(exactly: (value * 10).rounded()), Double(mantissa) / 10 == value else { return column }
            mantissas.append(mantissa)
        }
        return Column(
            key: column.key, presence: column.presence, valueStarts: column.valueStarts,
            values: .decimal(mantissas: mantissas, scale: 1))
    }
}
