import ArgumentParser
import Foundation
import Logging
import VarveAlerts
import VarveDisk
import VarveServer
import VarveWire
import VarveWorkspace

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve a data directory over HTTP: ingest, queries and live streams.",
        discussion: """
            When the server is ready, it prints one line on standard output:
              {"ready":true,"url":"http://127.0.0.1:8430","pid":4711,"offset":1000000}
            and a key for each further listener: OTLP at 4318 where that port is free (in a
            build with the trait GRPC also over gRPC, at 4317), and those that varve.yaml
            lists (syslog, GELF, StatsD, Fluent).

            It holds the writer's lock; ingest, emit, alert and token work beside it. It
            also runs project --follow, and restarts it when it ends. SIGTERM or Ctrl-C
            stops the server within ten seconds: requests in flight are answered, and
            everything acknowledged is on disk.

            Beyond this machine it listens only when there is a token or a user (varve token
            create, varve user add), or with --insecure.

              varve serve --data data
              curl --data-binary @events.ndjson http://127.0.0.1:8430/api/v1/events
              curl 'http://127.0.0.1:8430/api/v1/views/volume?bucket=day'
              curl -N 'http://127.0.0.1:8430/api/v1/stream?since=0'

            Exit codes: 69 the port is taken, 75 another process writes the directory, 78
            settings that cannot be used.

            Commands that write find it through control.sock in the data directory. SIGHUP
            reads the settings again (varve config). Retention and compaction run by
            themselves; /api/v1/status says when. Under systemd it says when it is ready,
            and takes a socket that was opened for it. docs/server.md describes operation.
            """)

    @Option(
        name: .customLong("data"),
        help: ArgumentHelp(
            "The data directory; created if missing. Default: $VARVE_DATA, or ./data.", valueName: "dir"))
    var data: String?
    @Option(help: ArgumentHelp("The address; port 0 selects a free port. Default: 127.0.0.1:8430.", valueName: "address"))
    var listen: String?
    @OptionGroup var settings: ConfigOption
    @Flag(help: "Start no projector: another process maintains the views.") var noProject = false
    @Flag(help: "Listen on other addresses than loopback even without access control.") var insecure = false
    @Option(
        name: .customLong("views-dir"),
        help: ArgumentHelp("A folder of custom views, one YAML file each, in addition to the built-in ones.", valueName: "dir"))
    var folder: String?

    func run() async throws {
        // What is made here is for its owner alone.
        umask(0o077)
        let path = data ?? DataDirectory.usual ?? "data"
        try DataDirectory.check(path)
        try await Self.serve(options(path), onReady: Self.sayReady)
    }

    private func options(_ path: String) throws -> ServerOptions {
        let configuration = try Configuration.load(settings.config, at: path)
        var options = ServerOptions(data: path)
        if let text = listen ?? configuration.listen {
            guard let address = ListenAddress(text) else {
                throw CommandFailure(.configuration, "'\(text)' is not an address", next: "give one like 127.0.0.1:8430")
            }
            options.address = address
        }
        do throws(ServerError) {
            if let (socket, address) = try ActivatedSocket.take() { (options.socket, options.address) = (socket, address) }
        } catch {
            throw CommandFailure(error, data: path)
        }
        options.isInsecure = insecure
        options.otlp = try configuration.otlp()
        options.grpc = try configuration.grpc()
        options.grpcServer = Configuration.grpcServer
        options.listeners = configuration.listeners
        options.forwards = configuration.forwards
        options.version = Version.text
        options.profile = configuration.profile
        options.hiddenPaths = try configuration.hiddenPaths()
        options.live = configuration.live
        options.tenantSettings = { try Configuration.load(nil, at: $0).live }
        options.reload = { [file = settings.config] in try Configuration.load(file, at: path).live }
        if let chain = configuration.certificate, let key = configuration.certificateKey {
            options.certificate = .init(chain: chain, key: key, clientAuthority: configuration.clientAuthority)
        }
        options.viewFolders = folder.map { [$0] } ?? []
        var alerts = try configuration.alerts()
        alerts.viewFolders = options.viewFolders
        options.alerts = alerts
        if !noProject {
            let own = ["project", "run", "--data", path, "--follow", "--with-parent"]
            options.projector =
                [Self.executable] + own + (folder.map { ["--views-dir", $0] } ?? [])
                + (settings.config.map { ["--config", $0] } ?? [])
        }
        return options
    }

    static var executable: String {
        Bundle.main.executablePath ?? CommandLine.arguments.first ?? "varve"
    }

    /// Serves until a signal arrives. Requests that exceed the shutdown time are cut off; everything acknowledged is still
    /// durable.
    static func serve(_ options: ServerOptions, onReady: @escaping @Sendable (ReadyServer) -> Void) async throws {
        var logger = Logger(label: "varve") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        do throws(ServerError) {
            try await Serving(options, logger: logger).run(
                onStopping: {
                    startBlockingThread {
                        usleep(9_300_000)
                        Output.error("error: some requests did not finish in time; everything acknowledged is durable\n")
                        Foundation.exit(0)
                    }
                }, onReady: onReady)
        } catch {
            throw CommandFailure(error, data: options.data)
        }
    }

    @Sendable private static func sayReady(_ server: ReadyServer) {
        var line = JSONLine()
        line.field("ready", true)
        line.field("url", server.url)
        line.field("pid", ProcessInfo.processInfo.processIdentifier)
        line.field("offset", server.offset)
        for (name, url) in server.further { line.field(name, url) }
        let bytes = Array((line.text + "\n").utf8)
        bytes.withUnsafeBytes { try? ByteSink.standardOutput.write($0) }
    }
}

extension CommandFailure {
    init(_ error: ServerError, data: String) {
        if let workspace = error.workspace {
            if let inner = workspace.log { self.init(inner); return }
            if let inner = workspace.ingest { self.init(inner); return }
            if let inner = workspace.view { self.init(inner); return }
            if let inner = workspace.disk { self.init(inner); return }
            self.init(.internal, workspace.message)
            return
        }
        switch error.code {
        case .portTaken: self.init(.unavailable, error.message, next: "stop that program, or give another --listen")
        case .badAddress: self.init(.unavailable, error.message, next: "check --listen")
        case .insecure:
            self.init(
                .configuration, error.message,
                next: "varve token create --name NAME --scope read,write --data \(data), or --insecure")
        case .configuration: self.init(.configuration, error.message)
        case .refused: self.init(.failure, error.message)
        case .workspace, .internal: self.init(.internal, error.message)
        }
    }
}
