internal import CoreMetrics
internal import Hummingbird
internal import HummingbirdCore
public import Logging
internal import NIOCore
internal import ServiceLifecycle
internal import UnixSignals
internal import VarveWorkspace

/// One process, one data directory, one port: events in, answers and live changes out.
///
///     try await Serving(ServerOptions(data: "data"), logger: logger).run { print($0.url) }
///
/// The port is bound first, then the log is recovered, then everything else starts. On SIGTERM or SIGINT no new request is taken,
/// what is in flight is answered, streams are told, and the log is closed; what lasts longer than `stopSeconds` is cut off.
public struct Serving: Sendable {
    /// How long requests in flight may take after the signal.
    public static let stopSeconds = 7

    private let options: ServerOptions
    private let logger: Logger

    public init(_ options: ServerOptions, logger: Logger) {
        self.options = options
        self.logger = logger
    }

    /// Runs until a signal comes, or the task is cancelled.
    ///
    /// - Parameters:
    ///   - signals: Whether SIGTERM and SIGINT end it.
    ///   - onStopping: Called when it is asked to end.
    ///   - onReady: Called once, when requests are answered.
    public func run(
        signals: Bool = true, onStopping: @escaping @Sendable () -> Void = {},
        onReady: @escaping @Sendable (ReadyServer) -> Void = { _ in }
    ) async throws(ServerError) {
        let state = ServerState(options, MetricsRegistry.shared)
        try state.tokens.check()
        try state.users.check()
        guard !state.isAccessAsked || state.tokens.hasAny || state.users.hasAny else {
            throw ServerError(
                .insecure, "\(options.address) can be reached from other machines, and nobody would be asked who they are")
        }
        if let files = options.certificate { state.setCertificate(try ServerCertificate(files)) }
        try await run(state, signals, onStopping, onReady)
    }

    private func run(
        _ state: ServerState, _ signals: Bool, _ onStopping: @escaping @Sendable () -> Void,
        _ onReady: @escaping @Sendable (ReadyServer) -> Void
    ) async throws(ServerError) {
        MetricsRegistry.install()
        let bound = AsyncStream<Int>.makeStream()
        let listener = Listener(state: state, logger: logger, onStopping: onStopping) { port in
            bound.continuation.yield(port)
            bound.continuation.finish()
        }
        let further = FurtherListeners(state, logger)
        var services: [any Service] = [
            WorkspaceHolder(state: state, bound: bound.stream, further: further, logger: logger, onReady: onReady)
        ]
        if let command = options.projector {
            services.append(ProjectorChild(state: state, command: command, logger: logger))
        }
        services.append(Maintenance(state: state, logger: logger, firstSeconds: options.maintenanceAfter))
        services.append(ServiceManagerReports(state: state, logger: logger))
        if signals { services.append(Reloading(state: state, logger: logger)) }
        if let alerts = options.alerts { services.append(AlertsHolder(state: state, options: alerts, logger: logger)) }
        services.append(ControlListener(state: state, logger: logger))
        services += further.services
        services += state.forwarders.map { ForwardService(forwarder: $0, state: state, logger: logger) }
        services.append(listener)
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: EndsWhenAsked(service: $0)) },
            gracefulShutdownSignals: signals ? [.sigterm, .sigint] : [], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(Self.stopSeconds)
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch let error as ServerError {
            throw error
        } catch is CancellationError {
            return
        } catch {
            throw ServerError(listening: error, at: options.address)
        }
    }
}

extension ServerError {
    /// What the system said of an address.
    init(listening error: any Error, at address: ListenAddress) {
        switch error {
        case let error as IOError where error.errnoCode == 98 || error.errnoCode == 48:
            self.init(.portTaken, "another program listens at \(address)")
        case let error as IOError: self.init(.badAddress, "\(address) cannot be listened at: \(error.localizedDescription)")
        default: self.init(.internal, "\(error)")
        }
    }
}
