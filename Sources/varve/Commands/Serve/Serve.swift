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
        abstract: "Serve a data directory: events in over HTTP, answers and live changes out.",
        discussion: """
            When it answers, one line on standard output says where:
              {"ready":true,"url":"http://127.0.0.1:8430","pid":4711,"offset":1000000}

            It takes the writer's lock, so ingest cannot run beside it, and starts project
            --follow, which it starts again when it ends. SIGTERM or Ctrl-C ends it within
            ten seconds: what is in flight is answered, and all that was acknowledged is on
            disk.

            Beyond this machine it listens only when a token was made (varve token create),
            or with --insecure.

              varve serve --data data
              curl --data-binary @events.ndjson http://127.0.0.1:8430/api/v1/events
              curl 'http://127.0.0.1:8430/api/v1/views/volume?bucket=day'
              curl -N 'http://127.0.0.1:8430/api/v1/stream?since=0'

            Exit codes: 69 the port is taken, 75 another process writes the directory, 78
            settings that cannot be used.

            Commands that write (ingest, emit) work beside it through control.sock in the
            data directory. SIGHUP reads the settings again (varve config). Retention and
            compaction run by themselves; /api/v1/status says when. Under systemd it says
            when it is ready, and takes a socket that was opened for it.
            """)

    @Option(
        name: .customLong("data"),
        help: ArgumentHelp(
            "The data directory; made when it is not there. By default $VARVE_DATA, else ./data.", valueName: "dir"))
    var data: String?
    @Option(help: ArgumentHelp("Where to listen; port 0 takes a free one. By default 127.0.0.1:8430.", valueName: "address"))
    var listen: String?
    @OptionGroup var settings: ConfigOption
    @Flag(help: "Start no projector: another process keeps the views.") var noProject = false
    @Flag(help: "Listen beyond this machine though everybody may do everything.") var insecure = false
    @Option(
        name: .customLong("views-dir"),
        help: ArgumentHelp("A folder of your own views, one YAML file each, beside those built in.", valueName: "dir"))
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
                throw CommandFailure(.configuration, "'\(text)' is no address", next: "give one like 127.0.0.1:8430")
            }
            options.address = address
        }
        do throws(ServerError) {
            if let (socket, address) = try ActivatedSocket.take() { (options.socket, options.address) = (socket, address) }
        } catch {
            throw CommandFailure(error, data: path)
        }
        options.isInsecure = insecure
        options.version = Version.text
        options.live = configuration.live
        options.reload = { [file = settings.config] in try Configuration.load(file, at: path).live }
        if let chain = configuration.certificate, let key = configuration.certificateKey {
            options.certificate = (chain, key)
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

    /// Serves until a signal comes. What lasts longer than may be is cut off; all that was acknowledged is safe then, too.
    static func serve(_ options: ServerOptions, onReady: @escaping @Sendable (ReadyServer) -> Void) async throws {
        var logger = Logger(label: "varve") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        do throws(ServerError) {
            try await Serving(options, logger: logger).run(
                onStopping: {
                    startBlockingThread {
                        usleep(9_300_000)
                        Output.error("error: something did not end in time and was cut off; all that was acknowledged is safe\n")
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
        case .workspace, .internal: self.init(.internal, error.message)
        }
    }
}
