import ArgumentParser
import Foundation
import VarveDisk
import VarveEvents
import VarveLog
import VarveOutbound
import VarveProjections
import VarveServer
import VarveWire

struct Forward: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forward",
        abstract: "Send events, or rows of a view, to another system.",
        discussion: """
            It goes on where it ended the last time (forward/NAME.json in the data
            directory), sends everything at least once and in order, and ends when
            everything was sent; with --follow it goes on. A row of a view is sent once its
            bucket is over. Each attempt is a line in forward/NAME.attempts.

              varve forward --to http://127.0.0.1:9090/api/v1/write --format remote_write --view volume
              varve forward --to http://127.0.0.1:4318 --format otlp --signal 'otel.*' --follow
              varve forward --to https://api.datadoghq.com/api/v2/series --format datadog --view latency \\
                --api-key-file key
              varve forward --to https://example.org/in --format ndjson --signal 'retry.*' --token-file token
              varve forward --to file:events.ndjson --format ndjson
              varve forward --to - --format ndjson | other

            A receiver that refuses what is in a request (400, 413, 422) gets the next one,
            and the request is counted as refused. Exit codes: 69 the receiver is not
            reached, 75 another process forwards under the name, 78 the receiver does not
            let us.
            """)

    @OptionGroup var data: DataOption
    @Option(
        help: ArgumentHelp(
            "http://…, https://…, file:PATH (a file or a named pipe), or - for standard output.", valueName: "target"))
    var to: String
    @Option(help: "ndjson, remote_write, otlp or datadog.") var format: String = "ndjson"
    @Option(help: "Rows of this view instead of events.") var view: String?
    @Option(help: "With --view: minute, hour or day; default: hour.") var bucket: String?
    @Option(help: "Only events of this signal; * matches any characters. May be repeated.") var signal: [String] = []
    @OptionGroup var conditions: WhereOptions
    @Option(help: "What the checkpoint is called.") var name = "default"
    @Option(help: "Rows from this time on, at the first start.") var from: TimeArgument?
    @Option(help: "Seconds that a bucket waits for late events.") var settle: Int64 = 60
    @Option(help: ArgumentHelp("A header, as 'Name: value'. May be repeated.", valueName: "header")) var header: [String] = []
    @Option(help: ArgumentHelp("A file with a token, sent as Authorization: Bearer.", valueName: "file")) var tokenFile: String?
    @Option(help: ArgumentHelp("A file with Datadog's key.", valueName: "file")) var apiKeyFile: String?
    @Option(help: "Attempts for one request before giving up; without --follow.") var attempts = 5
    @Flag(help: "Go on as events arrive, until interrupted.") var follow = false
    @Flag(help: "Print the result as one JSON object.") var json = false

    func validate() throws {
        guard ForwardSettings.Format(rawValue: format) != nil else {
            throw ValidationError("There is no format '\(format)'. There are: ndjson, remote_write, otlp, datadog.")
        }
        guard ForwardSettings.target(to) != nil else {
            throw ValidationError("--to is http://…, https://…, file:PATH or -.")
        }
        guard ForwardSettings.isName(name) else { throw ValidationError("--name has 1 to 64 letters, digits, - and _.") }
        if let bucket, BucketLevel(named: bucket) ?? .all == .all {
            throw ValidationError("--bucket is minute, hour or day.")
        }
        if view != nil, !signal.isEmpty || !conditions.all.isEmpty {
            throw ValidationError("--signal and --where choose events; a view has its own.")
        }
        if view == nil, bucket != nil || from != nil { throw ValidationError("--bucket and --from are for --view.") }
        guard (1...1_000).contains(attempts), (0...86_400).contains(settle) else {
            throw ValidationError("--attempts is 1 to 1000, --settle 0 to 86400.")
        }
        for text in header where !text.contains(":") { throw ValidationError("--header is 'Name: value', not '\(text)'.") }
    }

    func run() async throws {
        try DataDirectory.check(data.path)
        let forwarder = Forwarder(try settings(), data: data.path)
        do {
            try await forwarder.run(follows: follow)
        } catch let error as ForwardError {
            report(forwarder.checkpoint)
            throw CommandFailure(error)
        }
        report(forwarder.checkpoint)
    }

    private func settings() throws -> ForwardSettings {
        guard let target = ForwardSettings.target(to), let format = ForwardSettings.Format(rawValue: format) else {
            throw ValidationError("--to or --format is none.")
        }
        var filter = LogFilter()
        filter.signals = signal
        filter.conditions = conditions.all
        let source: ForwardSettings.Source = view.map { .view($0, bucket.flatMap { BucketLevel(named: $0) }) } ?? .events(filter)
        var settings = ForwardSettings(name: name, target: target, format: format, source: source)
        if let problem = settings.problem { throw ValidationError("--format: \(problem).") }
        settings.from.time = from?.timestamp
        settings.settleSeconds = settle
        settings.attempts = attempts
        for text in header {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            settings.headers.append((String(parts[0]), Secret(parts[1].trimmed)))
        }
        if let tokenFile {
            settings.headers.append(("Authorization", Secret("Bearer " + (try secret(tokenFile, "--token-file")))))
        }
        if let apiKeyFile { settings.headers.append(("DD-API-KEY", Secret(try secret(apiKeyFile, "--api-key-file")))) }
        return settings
    }

    private func secret(_ path: String, _ option: String) throws -> String {
        Substring(try SettingsText.read(path, option: option).split(whereSeparator: \.isNewline).first ?? "").trimmed
    }

    private func report(_ checkpoint: ForwardCheckpoint) {
        if json {
            var line = JSONLine()
            line.field("name", name)
            line.field("offset", checkpoint.offset)
            line.field("time", checkpoint.time.map { RFC3339.text($0) })
            for (name, value) in checkpoint.counts { line.field(name, value) }
            // With the events on standard output, the result goes to standard error.
            if to == "-" { Output.error(line.text + "\n") } else { try? Output.standard.line(line.text) }
        } else {
            let counts = checkpoint.counts.filter { $0.value > 0 }.map { "\($0.name) \($0.value)" }
            Output.error("forwarded since the first start: \(counts.isEmpty ? "nothing" : counts.joined(separator: ", "))\n")
        }
    }
}

extension CommandFailure {
    init(_ error: ForwardError) {
        switch error.code {
        case .configuration: self.init(.configuration, error.message)
        case .unavailable: self.init(.unavailable, error.message, next: "run it again: it goes on where it is")
        case .io: self.init(.inputOutput, error.message)
        case .inUse: self.init(.lockHeld, error.message)
        }
    }
}
