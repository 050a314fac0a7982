internal import Logging
internal import ServiceLifecycle

extension Forwarder {
    /// For `/metrics`.
    static func print(_ forwarders: [Forwarder], into text: inout MetricsText) {
        guard let first = forwarders.first else { return }
        for (place, name) in first.checkpoint.counts.map(\.name).enumerated() {
            text.begin("varve_forward_\(name)_total", "counter")
            for forwarder in forwarders {
                let labels = MetricsRegistry.labels([("forwarder", forwarder.settings.name)])
                text.sample("varve_forward_\(name)_total", labels, "\(forwarder.checkpoint.counts[place].value)")
            }
        }
    }
}

/// A forwarder of a server: begins once the log is open, and begins again, after a while, when it ends.
struct ForwardService: Service {
    let forwarder: Forwarder
    let state: ServerState
    let logger: Logger

    private static let pause = 30.0

    func run() async throws {
        while state.workspace == nil, !Task.isShuttingDownGracefully, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(20))
        }
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                try await cancelWhenGracefulShutdown { [forwarder] in try await forwarder.run(follows: true) }
            } catch is CancellationError {
                return
            } catch {
                logger.error("\(forwarder.settings.name): nothing is forwarded", metadata: ["error": "\(error)"])
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(Self.pause)) }
        }
    }
}
