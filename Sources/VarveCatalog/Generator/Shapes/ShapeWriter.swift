/// Writes the events of one shape.
struct ShapeWriter: Sendable {
    /// More bytes than the longest line, a span's.
    static let lineBytesMax = 4_096

    private let shape: EventShape
    private let seed: UInt64
    private let series: Int
    private let weights: WeightedChoice

    init(_ shape: EventShape, seed: UInt64, series: Int) {
        self.shape = shape
        self.seed = RandomStream.mixed(seed)
        self.series = series
        let values =
            switch shape {
            case .access: EventShape.pathCount
            case .tenants: EventShape.tenantCount
            default: 1
            }
        weights = WeightedChoice(weights: TrafficShape.zipf(values, gentle: true))
    }

    /// Writes the line of event `number` at `time`, which has room for `lineBytesMax` bytes.
    func write(_ number: Int, _ time: Int64, _ id: TrafficIdentifier?, to text: inout TextCursor) {
        var random = RandomStream(seed: seed ^ UInt64(truncatingIfNeeded: number))
        text.put("{")
        if let id {
            text.put("\"id\":\"")
            text.put(id)
            text.put("\",")
        }
        text.put("\"time\":")
        text.put(UInt64(truncatingIfNeeded: time))
        switch shape {
        case .users, .late: putAction(&random, &text)
        case .access: putRequest(&random, &text)
        case .spans: putSpan(&random, &text)
        case .series, .seriesByTime: putSample(number, &random, &text)
        case .signals: putSignal(&random, &text)
        case .tenants: putTenant(&random, &text)
        }
        text.put("}}\n")
    }

    private func putAction(_ random: inout RandomStream, _ text: inout TextCursor) {
        let kind = random.below(100)
        let component = Int(min(random.below(40), random.below(40)))
        text.put(",\"signal\":\"")
        text.put(
            kind < 35
                ? "optimistic_action.start"
                : kind < 65
                    ? "optimistic_action.success"
                    : kind < 68
                        ? "optimistic_action.rollback"
                        : kind < 82 ? "retry.attempt" : kind < 94 ? "retry.success" : "retry.failure")
        text.put("\",\"component\":\"")
        text.put(TrafficNames.components[component].name)
        let user = random.below(EventShape.userCount)
        text.put("\",\"session_id\":\"s")
        text.put(hex: RandomStream.mixed(user << 20 ^ random.below(400)), digits: 12)
        text.put("\",\"user_id\":\"u")
        text.put(hex: RandomStream.mixed(user), digits: 10)
        text.put("\",\"data\":{\"action_id\":\"")
        text.put(hex: random.next(), digits: 16)
        text.put("\"")
        if kind >= 35, kind < 68 { text.put(",\"duration_ms\":", tenths: Self.tenths(600 + UInt64(component) * 90, &random)) }
        if kind >= 65, kind < 68 {
            text.put(",\"rollback_reason\":\"", text: TrafficNames.rollbackReasons[Int(random.below(5))])
        }
        if kind >= 68 {
            text.put(",\"api_endpoint\":\"", text: TrafficNames.endpoints[Int(random.below(12))])
            text.put(",\"retry_count\":", number: 1 + random.below(4))
        }
        if kind >= 82 { text.put(",\"total_duration_ms\":", tenths: Self.tenths(2_500, &random)) }
    }

    private func putRequest(_ random: inout RandomStream, _ text: inout TextCursor) {
        let path = UInt64(weights.draw(&random))
        let client = random.below(EventShape.clientCount)
        let agent = random.below(2_000)
        text.put(",\"signal\":\"http.request\",\"component\":\"web-", number: random.below(8))
        text.put("\",\"data\":{\"method\":\"")
        text.put(random.chance(perMille: 850) ? "GET" : "POST")
        text.put("\",\"path\":\"/shop/", number: path % 97)
        text.put("/item-")
        text.put(hex: RandomStream.mixed(path), digits: 10)
        text.put("\",\"client\":\"10.", number: client / 10_000)
        text.put(".", number: client / 100 % 100)
        text.put(".", number: client % 100)
        let failed = random.below(1_000)
        text.put("\",\"status\":", number: failed < 8 ? 503 : failed < 40 ? 404 : failed < 120 ? 304 : 200)
        text.put(",\"bytes\":", number: 200 + random.below(1 << (4 + random.below(13))))
        text.put(",\"duration_ms\":", tenths: Self.tenths(300 + path % 7 * 150, &random))
        text.put(",\"user_agent\":\"Mozilla/5.0 (X11; Linux x86_64; device ", number: agent)
        text.put(") AppleWebKit/537.36 (KHTML, like Gecko) Chrome/", number: 90 + agent % 40)
        text.put(".0.", number: 4_000 + agent * 7 % 1_999)
        text.put(".", number: agent % 211)
        text.put(" Safari/537.36\"")
    }

    private func putSample(_ number: Int, _ random: inout RandomStream, _ text: inout TextCursor) {
        let name = UInt64(number % series)
        text.put(",\"signal\":\"metric.sample\",\"component\":\"host-", number: name / 20)
        text.put("\",\"data\":{\"name\":\"metric_", number: name % 20)
        text.put("\",\"value\":", tenths: Self.tenths(100 + RandomStream.mixed(name) % 5_000, &random))
    }

    private func putSignal(_ random: inout RandomStream, _ text: inout TextCursor) {
        let signal = min(random.below(EventShape.signalCount), random.below(EventShape.signalCount))
        text.put(",\"signal\":\"app.", number: signal / 10)
        text.put(".event_", number: signal % 10)
        text.put("\",\"component\":\"service-", number: signal % 40)
        text.put("\",\"user_id\":\"u", number: random.below(20_000))
        text.put("\",\"data\":{\"count\":", number: random.below(50))
        text.put(",\"duration_ms\":", tenths: Self.tenths(300 + signal, &random))
    }

    private func putTenant(_ random: inout RandomStream, _ text: inout TextCursor) {
        let tenant = UInt64(weights.draw(&random))
        text.put(",\"signal\":\"http.request\",\"tenant\":\"tenant-", number: tenant)
        text.put("\",\"component\":\"web-", number: random.below(12))
        text.put("\",\"user_id\":\"u", number: tenant * 100 + random.below(100))
        text.put("\",\"data\":{\"status\":", number: random.chance(perMille: 20) ? 500 : 200)
        text.put(",\"bytes\":", number: 100 + random.below(20_000))
        text.put(",\"duration_ms\":", tenths: Self.tenths(200 + tenant % 9 * 100, &random))
    }

    /// A duration in tenths of a millisecond, within a factor of sixteen of `median`.
    static func tenths(_ median: UInt64, _ random: inout RandomStream) -> UInt32 {
        TrafficShape.duration(median: median, &random, TrafficShape.spread)
    }
}
