internal import VarveEvents

/// How the events of a signal are samples of series.
enum MetricShape: CaseIterable {
    /// `name`, `value`, and `label.*`.
    case prometheus
    /// `name`, `value` or the parts of a histogram; every other attribute is a label, and `component` is the label `job`.
    case openTelemetry

    var signal: String {
        switch self {
        case .prometheus: "prometheus.sample"
        case .openTelemetry: "otel.metric"
        }
    }

    init?(signal: String) {
        guard let shape = Self.allCases.first(where: { $0.signal == signal }) else { return nil }
        self = shape
    }

    /// Attributes of an `otel.metric` that are no labels.
    private static let own: Set<String> = [
        "series", "name", "kind", "unit", "temporality", "monotonic", "value", "delta", "count", "sum", "min", "max", "bounds",
        "buckets", "scale", "stale", "quantiles", "exemplars", "positive", "negative", "start_time", "delta_count", "delta_sum",
        "delta_buckets", "zero_count", "zero_threshold",
    ]

    /// The label that a column is; nil for a column that is none.
    func label(_ key: ColumnKey) -> String? {
        guard key.type != .json else { return nil }
        switch self {
        case .prometheus:
            guard key.scope == .attribute, key.name.hasPrefix("label.") else { return nil }
            return String(key.name.dropFirst("label.".count))
        case .openTelemetry:
            if key == .component { return "job" }
            guard key.scope == .attribute, !Self.own.contains(key.name) else { return nil }
            return key.name == "service.instance.id" ? "instance" : Self.name(key.name)
        }
    }

    func metricName(_ name: String) -> String {
        switch self {
        case .prometheus: name
        case .openTelemetry: Self.name(name, allowsColon: true)
        }
    }

    /// What may not stand in a name becomes `_`.
    private static func name(_ text: String, allowsColon: Bool = false) -> String {
        var bytes = text.utf8.map { byte -> UInt8 in
            let isLetter = byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
            let isDigit = byte >= 0x30 && byte <= 0x39
            return isLetter || isDigit || allowsColon && byte == UInt8(ascii: ":") ? byte : UInt8(ascii: "_")
        }
        if let first = bytes.first, first >= 0x30, first <= 0x39 { bytes.insert(UInt8(ascii: "_"), at: 0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
