internal import CoreMetrics
internal import Synchronization

/// Keeps what all modules measure through swift-metrics, to be printed as Prometheus reads it.
final class MetricsRegistry: MetricsFactory, Sendable {
    /// The process has one, as swift-metrics has.
    static let shared = MetricsRegistry()
    private static let isInstalled = Mutex(false)

    struct Key: Hashable, Sendable {
        var name: String
        /// As they are printed: `{outcome="appended"}`, or nothing.
        var labels: String
    }

    private struct State: Sendable {
        var counters: [Key: CounterCell] = [:]
        var gauges: [Key: GaugeCell] = [:]
        var timers: [Key: HistogramCell] = [:]
    }

    private let state = Mutex(State())
    /// Label values that come from outside make no more series than this.
    static let seriesMax = 4_096

    /// Makes it the one that all modules use. The first caller decides.
    static func install() {
        isInstalled.withLock { isInstalled in
            if !isInstalled { MetricsSystem.bootstrap(shared) }
            isInstalled = true
        }
    }

    static func labels(_ dimensions: [(String, String)]) -> String {
        guard !dimensions.isEmpty else { return "" }
        var text = "{"
        for (name, value) in dimensions {
            if text.utf8.count > 1 { text += "," }
            text += name
            text += "=\""
            text += escaped(value)
            text += "\""
        }
        return text + "}"
    }

    /// Most values need no escapes, and every request asks for some.
    private static func escaped(_ value: String) -> String {
        let special: [UInt8] = [UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "\n")]
        guard value.utf8.contains(where: special.contains) else { return value }
        return value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    func counter(_ name: String, _ dimensions: [(String, String)] = []) -> CounterCell {
        let key = Key(name: name, labels: Self.labels(dimensions))
        return state.withLock { state in
            if let cell = state.counters[key] { return cell }
            let cell = CounterCell()
            if state.counters.count < Self.seriesMax { state.counters[key] = cell }
            return cell
        }
    }

    func histogram(_ name: String, _ dimensions: [(String, String)] = []) -> HistogramCell {
        let key = Key(name: name, labels: Self.labels(dimensions))
        return state.withLock { state in
            if let cell = state.timers[key] { return cell }
            let cell = HistogramCell()
            if state.timers.count < Self.seriesMax { state.timers[key] = cell }
            return cell
        }
    }

    private func gauge(_ name: String, _ dimensions: [(String, String)]) -> GaugeCell {
        let key = Key(name: name, labels: Self.labels(dimensions))
        return state.withLock { state in
            if let cell = state.gauges[key] { return cell }
            let cell = GaugeCell()
            state.gauges[key] = cell
            return cell
        }
    }

    func rejected(_ reason: String, _ count: Int) {
        counter("varve_ingest_rejected_total", [("reason", reason)]).increment(by: Int64(clamping: count))
    }

    /// All that is kept, for printing.
    func print(into text: inout MetricsText) {
        let state = state.withLock { $0 }
        for (name, cells) in Dictionary(grouping: state.counters, by: { $0.key.name }).sorted(by: { $0.key < $1.key }) {
            let name = name.hasSuffix("_total") ? name : name + "_total"
            text.begin(name, "counter")
            for (key, cell) in cells.sorted(by: { $0.key.labels < $1.key.labels }) {
                text.sample(name, key.labels, "\(cell.value)")
            }
        }
        for (name, cells) in Dictionary(grouping: state.gauges, by: { $0.key.name }).sorted(by: { $0.key < $1.key }) {
            text.begin(name, "gauge")
            for (key, cell) in cells.sorted(by: { $0.key.labels < $1.key.labels }) {
                text.sample(name, key.labels, MetricsText.number(cell.value))
            }
        }
        for (name, cells) in Dictionary(grouping: state.timers, by: { $0.key.name }).sorted(by: { $0.key < $1.key }) {
            let name = name.hasSuffix("_seconds") ? name : name + "_seconds"
            text.begin(name, "histogram")
            for (key, cell) in cells.sorted(by: { $0.key.labels < $1.key.labels }) { text.histogram(name, key.labels, cell) }
        }
    }

    // MARK: swift-metrics

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { counter(label, dimensions) }
    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        gauge(label, dimensions)
    }
    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { histogram(label, dimensions) }
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}
