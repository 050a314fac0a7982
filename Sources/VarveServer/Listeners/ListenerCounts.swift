internal import Synchronization
internal import VarveWire

/// What one listener has received, and what became of it.
final class ListenerCounts: Sendable {
    /// `syslog udp`
    let name: String
    let kind: String
    let transport: String
    /// Where it listens, with the port that it really has; nil before.
    let url = Mutex<String?>(nil)
    private let received = Atomic<Int64>(0)
    private let bytes = Atomic<Int64>(0)
    private let dropped = Atomic<Int64>(0)
    private let broken = Atomic<Int64>(0)
    private let appended = Atomic<Int64>(0)
    private let duplicate = Atomic<Int64>(0)
    private let rejected = Atomic<Int64>(0)
    let connections = Atomic<Int64>(0)
    let waiting = Atomic<Int64>(0)

    init(_ settings: ListenerSettings) {
        (kind, transport) = (settings.kind.rawValue, settings.transport.rawValue)
        name = "\(kind) \(transport)"
    }

    /// A datagram, or a message of a connection.
    func receive(_ count: Int) {
        received.wrappingAdd(1, ordering: .relaxed)
        bytes.wrappingAdd(Int64(count), ordering: .relaxed)
    }

    /// A datagram, or a message, for which there was no room, or which the log did not take.
    func drop(_ count: Int = 1) { dropped.wrappingAdd(Int64(count), ordering: .relaxed) }
    /// A datagram that is none of the protocol's, or a connection whose bytes are none.
    func fail() { broken.wrappingAdd(1, ordering: .relaxed) }

    func add(appended: Int, duplicate: Int, rejected: Int) {
        self.appended.wrappingAdd(Int64(appended), ordering: .relaxed)
        self.duplicate.wrappingAdd(Int64(duplicate), ordering: .relaxed)
        self.rejected.wrappingAdd(Int64(rejected), ordering: .relaxed)
    }

    private var all: [(name: String, value: Int64)] {
        [
            ("received", received.load(ordering: .relaxed)), ("bytes", bytes.load(ordering: .relaxed)),
            ("dropped", dropped.load(ordering: .relaxed)), ("broken", broken.load(ordering: .relaxed)),
            ("appended", appended.load(ordering: .relaxed)), ("duplicate", duplicate.load(ordering: .relaxed)),
            ("rejected", rejected.load(ordering: .relaxed)),
        ]
    }

    /// For `/api/v1/status`.
    var json: String {
        var line = JSONLine()
        line.field("kind", kind)
        line.field("address", url.withLock { $0 })
        for (name, value) in all { line.field(name, value) }
        line.field("waiting_bytes", waiting.load(ordering: .relaxed))
        line.field("connections", connections.load(ordering: .relaxed))
        return line.text
    }

    /// For `/metrics`.
    static func print(_ listeners: [ListenerCounts], into text: inout MetricsText) {
        guard !listeners.isEmpty else { return }
        for (place, name) in listeners[0].all.map(\.name).enumerated() {
            let metric = name == "bytes" ? "varve_listener_received_bytes_total" : "varve_listener_\(name)_total"
            text.begin(metric, "counter")
            for (number, listener) in listeners.enumerated() {
                let labels = MetricsRegistry.labels([
                    ("kind", listener.kind), ("transport", listener.transport), ("listener", "\(number)"),
                ])
                text.sample(metric, labels, "\(listener.all[place].value)")
            }
        }
    }
}
