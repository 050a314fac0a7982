internal import VarveEvents
internal import VarveProjections

/// A number of a moment, as receivers of metrics take it.
struct ForwardSample: Hashable, Sendable {
    var name: String
    /// By name.
    var labels: [Label]
    var milliseconds: Int64
    var value: Double

    struct Label: Hashable, Sendable {
        var name: String
        var value: String
    }

    /// Of an event that has a name and a value; nil for another.
    init?(_ event: Event) {
        guard let name = event.text("name"), let value = event.number("value") ?? event.number("delta") else { return nil }
        self.name = Self.name(name)
        self.value = value
        milliseconds = event.time.nanoseconds / 1_000_000
        var labels: [String: String] = [:]
        if let component = event.component { labels["component"] = component }
        for attribute in event.attributes where attribute.name != "name" {
            guard case .string(let text) = attribute.value else { continue }
            let own = attribute.name.hasPrefix("label.") ? String(attribute.name.dropFirst(6)) : attribute.name
            labels[Self.name(own)] = text
        }
        self.labels = Self.sorted(labels)
    }

    init(_ name: String, _ labels: [String: String], _ time: Timestamp, _ value: Double) {
        self.name = Self.name(name)
        let named = Dictionary(labels.map { (Self.name($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
        self.labels = Self.sorted(named)
        milliseconds = time.nanoseconds / 1_000_000
        self.value = value
    }

    private static func sorted(_ labels: [String: String]) -> [Label] {
        labels.filter { !$0.value.isEmpty }.map { Label(name: $0.key, value: $0.value) }
            .sorted { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
    }

    /// Letters, digits and `_`; what else stands in a name becomes `_`.
    private static func name(_ text: String) -> String {
        var bytes = text.utf8.map { byte -> UInt8 in
            let isLetter = (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
            return isLetter || byte &- 0x30 < 10 ? byte : 0x5F
        }
        if bytes.first.map({ $0 &- 0x30 < 10 }) ?? true { bytes.insert(0x5F, at: 0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
