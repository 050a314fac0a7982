/// What stands behind a metric, an event or a check.
struct StatsDOptions {
    var rate: Double?
    var time: Int64?
    var tags: [UnsafeRawBufferPointer] = []
    var host: UnsafeRawBufferPointer?
    var message: UnsafeRawBufferPointer?
    var fields: [(name: StaticString, value: UnsafeRawBufferPointer)] = []
}

/// The parts of a line between its bars.
struct StatsDParts {
    private let line: UnsafeRawBufferPointer
    private var at = 0

    init(_ line: UnsafeRawBufferPointer) { self.line = line }

    var isAtEnd: Bool { at > line.count }

    /// The next part; empty at the end.
    mutating func next() -> UnsafeRawBufferPointer {
        guard at <= line.count else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let rest = UnsafeRawBufferPointer(rebasing: line[at...])
        let part = UnsafeRawBufferPointer(rebasing: rest[..<(rest.firstIndex(of: 0x7C) ?? rest.count)])
        at += part.count + 1
        return part
    }

    private static let names: [String: StaticString] = [
        "p": "priority", "t": "alert_type", "s": "source", "k": "aggregation_key", "c": "container", "e": "external_data",
    ]

    /// All parts that are left; nil where one is none that is known.
    mutating func options() -> StatsDOptions? {
        var options = StatsDOptions()
        while !isAtEnd {
            let part = next()
            guard let first = part.first else { return nil }
            let value = UnsafeRawBufferPointer(rebasing: part.dropFirst())
            switch first {
            case 0x40:
                guard let rate = StatsDLines.number(value[...]), rate > 0, rate <= 1 else { return nil }
                options.rate = rate
            case 0x23: options.tags += Self.tags(value)
            case 0x54:
                guard let seconds = Self.seconds(value) else { return nil }
                options.time = seconds
            default:
                guard let colon = part.firstIndex(of: 0x3A) else { return nil }
                let value = UnsafeRawBufferPointer(rebasing: part[(colon + 1)...])
                if !set(String(decoding: part[..<colon], as: UTF8.self), value, &options) { return nil }
            }
        }
        return options
    }

    private func set(_ name: String, _ value: UnsafeRawBufferPointer, _ options: inout StatsDOptions) -> Bool {
        switch name {
        case "d":
            guard let seconds = Self.seconds(value) else { return false }
            options.time = seconds
        case "h": options.host = value
        case "m": options.message = value
        case "card": break
        default:
            guard let known = Self.names[name] else { return false }
            options.fields.append((known, value))
        }
        return true
    }

    private static func tags(_ value: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer] {
        value.split(separator: 0x2C).map { UnsafeRawBufferPointer(rebasing: $0) }
    }

    private static func seconds(_ value: UnsafeRawBufferPointer) -> Int64? {
        guard value.count <= 20, let seconds = Int64(String(decoding: value, as: UTF8.self)) else { return nil }
        return EventClock.sum(seconds, 0)
    }
}
