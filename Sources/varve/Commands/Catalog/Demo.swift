import ArgumentParser
import Foundation
import VarveCatalog
import VarveDisk
import VarveEvents
import VarveIngest
import VarveProjections
import VarveServer
import VarveViews
import VarveWire

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Generate a month of traffic, build views, and find the incident in it.",
        discussion: """
            It works in a folder that is removed at the end, unless --keep names one.
            The same seed gives the same transcript, except for times and bytes.
            On a terminal (and with $CI unset) the month is then served until Ctrl-C.

              varve demo --keep demo-data
            """)

    @Option(help: "The number of events.") var events = 1_000_000
    @Option(help: "The seed; the same seed gives the same traffic.") var seed: UInt64 = 1
    @Option(help: "A new folder for traffic and log, which is not removed.") var keep: String?

    func validate() throws {
        guard (1...TrafficOptions.eventsMax).contains(events) else {
            throw ValidationError("--events must be 1 to \(TrafficOptions.eventsMax).")
        }
    }

    func run() async throws {
        let folder = try makeFolder()
        defer { if keep == nil { try? FileManager.default.removeItem(at: folder) } }
        let data = folder.appending(path: "data").path(percentEncoded: false)
        StopSignal.install()

        try say("Varve: a month of a booking site, \(events.grouped) synthetic events, seed \(seed)\n")
        let traffic = try await generate(folder)
        try await ingest(traffic, data)
        try await project(data)
        let report = try DemoReport(data: data)
        try Output.standard.write(report.text())
        try Output.standard.write(next(data))
        if Output.standard.isTerminal, ProcessInfo.processInfo.environment["CI"] == nil { try await serve(data) }
    }

    /// Serves the generated data until Ctrl-C, on the default port, or another one if it is in use.
    private func serve(_ data: String) async throws {
        try Output.standard.flush()
        var options = ServerOptions(data: data)
        options.version = Version.text
        options.projector = [Serve.executable, "project", "run", "--data", data, "--follow", "--with-parent"]
        do {
            try await Serve.serve(options, onReady: Self.sayURLs)
        } catch let failure as CommandFailure where failure.status == .unavailable {
            options.address.port = 0
            try await Serve.serve(options, onReady: Self.sayURLs)
        }
    }

    @Sendable private static func sayURLs(_ server: ReadyServer) {
        let paths = [
            "/api/v1/views/rollback_rate?bucket=day", "/api/v1/query?by=signal&count=1&top=10", "/api/v1/stream?since=0",
            "/health",
        ]
        let text = "\nServing the month until Ctrl-C:\n" + paths.map { "  \(server.url)\($0)\n" }.joined()
        Array(text.utf8).withUnsafeBytes { try? ByteSink.standardOutput.write($0) }
    }

    private func makeFolder() throws -> URL {
        let folder =
            keep.map { URL(filePath: $0) }
            ?? FileManager.default.temporaryDirectory.appending(path: "varve-demo-\(UUID().uuidString)")
        let path = folder.path(percentEncoded: false)
        if let content = try? FileManager.default.contentsOfDirectory(atPath: path), !content.isEmpty {
            throw CommandFailure(.failure, "the folder is not empty", place: path, next: "remove it, or give another --keep")
        }
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(.inputOutput, "the folder cannot be made: \(error.localizedDescription)", place: path)
        }
        return folder
    }

    private func generate(_ folder: URL) async throws -> String {
        let start = ContinuousClock().now
        let path = folder.appending(path: "traffic.ndjson").path(percentEncoded: false)
        let file = try RealDisk().create(path)
        var size: UInt64 = 0
        var traffic = TrafficGenerator(TrafficOptions(events: events, seed: seed))
        while case let lines = traffic.nextLines(), !lines.isEmpty {
            try file.write(lines, at: size)
            size += UInt64(lines.count)
        }
        try step(1, "generate", "traffic.ndjson: \(size.byteSize) in \((ContinuousClock().now - start).seconds.fixed(2)) s")
        return path
    }

    private func ingest(_ traffic: String, _ data: String) async throws {
        let now = Timestamp(nanoseconds: wallClockNanoseconds())
        let result = try await IngestCommandRun.run([traffic], DecodeOptions(.ndjson, now: now), data: data, output: .none)
        let receipt = result.receipt
        try step(
            2, "ingest",
            "received \(receipt.received.grouped) = appended \(receipt.appended.grouped) + duplicate \(receipt.duplicate.grouped)"
                + " + rejected \(receipt.rejected.grouped)")
        try step(nil, "", "\(result.bytesOnDisk.byteSize) on disk, every event durable, in \(result.seconds.fixed(2)) s")
    }

    private func project(_ data: String) async throws {
        let start = ContinuousClock().now
        let views = ViewDefinition.builtIn
        let reached = try await Projector.open(at: data, views: views).run()
        let seconds = (ContinuousClock().now - start).seconds.fixed(2)
        try step(3, "project", "\(views.count) views up to offset \(reached.offset.value.grouped) in \(seconds) s\n")
    }

    private func step(_ number: Int?, _ name: String, _ text: String) throws {
        let lead = number.map { "\($0) " } ?? "  "
        try say("  " + lead + name + String(repeating: " ", count: 10 - name.count) + text)
    }

    private func say(_ text: String) throws {
        try Output.standard.line(text)
        try Output.standard.flush()
    }

    private func next(_ data: String) -> String {
        let varve = CommandLine.arguments.first ?? "varve"
        var text = "Next steps\n"
        if keep == nil { text += "  \(varve) demo --keep demo-data\n" }
        let data = keep == nil ? "demo-data/data" : data
        text += "  \(varve) view show rollback_rate --data \(data) --bucket day --where component=PaymentButton\n"
        text += "  \(varve) view show latency --data \(data) --bucket all --by signal --json\n"
        text += "  \(varve) cat --data \(data) | head -3\n"
        return text
    }
}
