internal import VarveEvents

/// Samples of Prometheus as events: `prometheus.sample` with `name`, `value` and the labels as `label.NAME`.
///
/// A value that is not finite is the text `NaN`, `+Inf` or `-Inf`. The mark that a series has ended is `stale` without a value.
struct PrometheusRows {
    struct Label {
        var name: UnsafeRawBufferPointer
        var value: UnsafeRawBufferPointer
    }

    enum Field: Int, CaseIterable {
        case name, value, stale, count, sum, histogram, type, help, unit

        var name: String {
            switch self {
            case .name: "name"
            case .value: "value"
            case .stale: "stale"
            case .count: "count"
            case .sum: "sum"
            case .histogram: "histogram"
            case .type: "type"
            case .help: "help"
            case .unit: "unit"
            }
        }
    }

    /// The bits of the number that says a series has ended.
    static let staleBits: UInt64 = 0x7FF0_0000_0000_0002
    /// Labels of every sample, in place of its own.
    private let given: [(name: [UInt8], text: [UInt8])]
    private var longer: [UInt8] = Array("label.".utf8)

    init(_ labels: [MetricLabel] = []) {
        given = labels.map { (Array($0.name.utf8), Array($0.value.utf8)) }
    }

    mutating func reserve(_ rows: inout DocumentRows) { rows.reserve(Field.allCases.map(\.name)) }

    /// Begins the event of a sample; whoever asks sets its value and ends it.
    mutating func begin(
        _ signal: StaticString, time: Int64, name: UnsafeRawBufferPointer, labels: [Label], _ rows: inout DocumentRows
    ) {
        rows.begin(signal, time: time)
        if name.isEmpty { rows.refuse(Problem(.badName, "a series has no name")) }
        rows.set(Field.name.rawValue, text: name)
        for label in given { set(label.name, .text(rows.arena.keep(label.text)), &rows) }
        for label in labels {
            let isGiven = !given.isEmpty && given.contains { label.name.elementsEqual($0.name) }
            guard !label.value.isEmpty, !isGiven else {
                rows.passed += 1
                continue
            }
            if let value = rows.text(label.value) { set(label.name, value, &rows) }
        }
    }

    private mutating func set(_ name: some Collection<UInt8>, _ value: DocumentRows.Value, _ rows: inout DocumentRows) {
        longer.removeLast(longer.count - 6)
        // One that is longer is no name, however much of it is looked at.
        longer.append(contentsOf: name.prefix(EventLimits.nameBytes))
        longer.withUnsafeBytes { rows.attribute($0, value) }
    }

    func set(value: Double, _ rows: inout DocumentRows) {
        if value.isFinite {
            rows.set(Field.value.rawValue, .double(value))
        } else if value.bitPattern == Self.staleBits {
            rows.set(Field.stale.rawValue, .bool(true))
        } else {
            let text: StaticString = value.isNaN ? "NaN" : value > 0 ? "+Inf" : "-Inf"
            rows.set(Field.value.rawValue, .text(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)))
        }
    }

    /// Milliseconds since 1970 as nanoseconds; beyond 64 bits a moment that is refused.
    static func nanoseconds(milliseconds: Int64) -> Int64 {
        let (product, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? .max : product
    }
}
