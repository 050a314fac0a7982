internal import VarveEvents
internal import VarveWire

/// Which traces are wanted.
struct TraceChoice: Sendable {
    var service: String?
    var name: String?
    /// Nanoseconds.
    var least: Int64 = 0
    var errorsOnly = false
    var limit = 20

    /// The latest traces of which a span is as wanted.
    func trees(_ spans: [TraceSpan]) -> [TraceTree] {
        let traces = Dictionary(grouping: spans, by: \.traceID)
        let wanted = traces.values.filter { spans in
            let isNamed = spans.contains { ($0.service == service || service == nil) && ($0.name == name || name == nil) }
            return isNamed && (!errorsOnly || spans.contains(where: \.isError))
        }
        let trees = wanted.map { TraceTree($0) }.filter { $0.end &- $0.start >= least }
        return Array(trees.sorted { $0.start > $1.start }.prefix(limit))
    }

    /// `100ms`, `1.5s`, `20us`; nil for what is none.
    static func nanoseconds(_ text: String) -> Int64? {
        let units: [(String, Double)] = [("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9)]
        guard let (unit, factor) = units.first(where: { text.hasSuffix($0.0) }), let number = Double(text.dropLast(unit.count))
        else { return nil }
        let product = (number * factor).rounded()
        return product >= 0 ? Int64(exactly: product) : nil
    }
}

extension QueryText {
    /// A moment as RFC 3339; nil when it is not there.
    func moment(_ name: String) throws(Problem) -> Timestamp? {
        guard let text = first(name) else { return nil }
        guard let value = Array(text.utf8).withUnsafeBytes({ RFC3339.parse($0) }) else {
            throw .badParameter(name, "a time as RFC 3339")
        }
        return Timestamp(nanoseconds: value)
    }
}
