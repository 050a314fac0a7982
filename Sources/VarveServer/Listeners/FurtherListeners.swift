internal import Logging
internal import ServiceLifecycle

/// Everything that a server listens at beside its port, and the addresses that it really has.
final class FurtherListeners: Sendable {
    /// A listener's name in the line that says that the server is ready, and where it listens; nil where it does not.
    struct Bound: Sendable {
        var name: String
        var url: String?
    }

    let services: [any Service]
    private let stream: AsyncStream<Bound>

    init(_ state: ServerState, _ logger: Logger) {
        let (stream, sink) = AsyncStream<Bound>.makeStream()
        self.stream = stream
        var services: [any Service] = []
        if let otlp = OTLPListener(state, logger, onBound: { sink.yield(Bound(name: "otlp", url: $0)) }) {
            services.append(otlp)
        }
        if let grpc = GRPCListener(state, onBound: { sink.yield(Bound(name: "grpc", url: $0)) }) { services.append(grpc) }
        var used: Set<String> = ["otlp", "grpc"]
        for (settings, counts) in zip(state.options.listeners, state.listenerCounts) {
            let kind = settings.kind.rawValue
            var names = [kind, "\(kind)_\(settings.transport.rawValue)"]
            names += (2...max(2, state.options.listeners.count)).map { "\(names[1])_\($0)" }
            let name = names.first { used.insert($0).inserted } ?? kind
            services.append(
                MessageListener(settings: settings, state: state, counts: counts, logger: logger) { address in
                    sink.yield(Bound(name: name, url: "\(settings.transport.rawValue)://\(address)"))
                })
        }
        self.services = services
    }

    /// Waits until all are bound; in the order of their names.
    func bound() async -> [Bound] {
        guard !services.isEmpty else { return [] }
        var all: [Bound] = []
        for await one in stream {
            all.append(one)
            if all.count == services.count { break }
        }
        return all.filter { $0.url != nil }.sorted { $0.name < $1.name }
    }
}
