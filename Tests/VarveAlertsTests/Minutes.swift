import VarveAlerts
import VarveCatalog
import VarveEvents
import VarveProjections

/// A story told in minutes from 10:00 on a Monday.
enum Minutes {
    static let start: Int64 = 1_772_445_600_000_000_000
    static let length: Int64 = 60_000_000_000

    /// The beginning of minute `number`.
    static func time(_ number: Int) -> Timestamp { Timestamp(nanoseconds: start + Int64(number) * length) }

    /// The number of the minute that begins at `time`; nil for what is none of the story's.
    static func number(_ time: Timestamp?) -> Int? {
        guard let time, (time.nanoseconds - start) % length == 0 else { return nil }
        return Int((time.nanoseconds - start) / length)
    }

    static func event(
        _ signal: String, _ minute: Int, second: Int = 5, session: String? = nil, component: String? = nil,
        _ attributes: [String: Value] = [:]
    ) -> Event {
        Event(
            time: Timestamp(nanoseconds: time(minute).nanoseconds + Int64(second) * 1_000_000_000), signal: signal,
            component: component, session: session,
            attributes: attributes.map { Attribute($0.key, $0.value) }.sorted { $0.name < $1.name })
    }

    static func batch(_ events: [Event], from offset: UInt64 = 0) -> EventBatch {
        var builder = BatchBuilder()
        for event in events { builder.append(event) }
        var batch = builder.finish()
        batch.firstOffset = Offset(offset)
        return batch
    }

    static let views = RuleViews(Catalog.allViews)

    /// Requests of one minute: `errors` of `count` end with 500.
    static func requests(_ minute: Int, _ count: Int, errors: Int, path: String = "/") -> [Event] {
        (0..<count).map { index in
            event(
                "http.request", minute, second: index % 60,
                [
                    "method": "GET", "path": .string(path), "status": .int64(index < errors ? 500 : 200),
                    "duration_ms": .double(100),
                ])
        }
    }

    /// The rule of a text of one rule.
    static func rule(_ text: String) throws -> AlertRule {
        let document = RuleDocument(text, file: "test.yaml")
        if let error = document.errors.first { throw error }
        guard let rule = document.rules.first else { throw NoRule() }
        return rule
    }

    struct NoRule: Error {}
}

/// What changed, in words that a test can write down: `11 firing`, `21 resolved`.
func words(_ outputs: [AlertOutput]) -> [String] {
    outputs.map { output in
        let kind = output.kind == .new ? "" : " \(output.kind.rawValue)"
        let labels = output.labels.all.isEmpty ? "" : " \(output.labels)"
        return "\(Minutes.number(output.change.at) ?? -1) \(output.change.kind.rawValue)\(labels)\(kind)"
    }
}
