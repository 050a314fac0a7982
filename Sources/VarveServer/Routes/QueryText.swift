internal import Hummingbird

/// The query of a request, decoded: names and values in their order.
struct QueryText: Sendable {
    private(set) var items: [(name: String, value: String)] = []
    /// Further ones are refused.
    private static let itemsMax = 256

    init(_ request: Request) throws(Problem) {
        try self.init(request.uri.string)
    }

    /// - Parameter target: A request's target: `/path?query`.
    init(_ target: String) throws(Problem) {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return }
        for item in target[target.index(after: mark)...].split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(parts[0]), let value = Self.decode(parts.count > 1 ? parts[1] : "") else {
                throw Problem(400, "bad_query_text", "the query is not percent-encoded UTF-8")
            }
            guard items.count < Self.itemsMax else {
                throw Problem(400, "bad_query_text", "the query has more than \(Self.itemsMax) items")
            }
            items.append((name, value))
        }
    }

    func first(_ name: String) -> String? { items.first { $0.name == name }?.value }

    /// All values of a name; `list` also splits them at commas.
    func all(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }
    func list(_ name: String) -> [String] { all(name).flatMap { $0.split(separator: ",").map(String.init) } }

    /// Refuses names that mean nothing here, and a second value where one is taken: both would be left out in silence.
    func allow(_ names: Set<String>) throws(Problem) {
        var seen: Set<String> = []
        for item in items {
            guard names.contains(item.name) else {
                let known = names.sorted().joined(separator: ", ")
                throw .badParameter(item.name, "there is no such parameter; there are \(known)")
            }
            guard seen.insert(item.name).inserted || Self.repeatable.contains(item.name) else {
                throw .badParameter(item.name, "it is given more than once")
            }
        }
    }

    /// Names of which all values count.
    private static let repeatable: Set<String> = [
        "where", "signal", "by", "topics", "view", "rule", "severity", "state", "sum", "avg", "min", "max", "p50", "p95", "p99",
        "distinct", "quantile",
    ]

    /// A number; nil when it is not there.
    func number(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let text = first(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw .badParameter(name, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A flag: there with `1`, `true` or nothing.
    func flag(_ name: String) throws(Problem) -> Bool {
        switch first(name) {
        case nil, "0", "false": false
        case "", "1", "true": true
        default: throw .badParameter(name, "1 or 0")
        }
    }

    /// Percent-encoding undone, and `+` for a blank; nil where that is no UTF-8.
    static func decode(_ text: some StringProtocol, plusIsBlank: Bool = true) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            if byte == UInt8(ascii: "%") {
                guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else { return nil }
                bytes.append(high << 4 | low)
            } else {
                bytes.append(byte == UInt8(ascii: "+") && plusIsBlank ? 0x20 : byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
