import Foundation
import Logging
import Synchronization
import Testing
import VarveServer

/// What calls over gRPC meet in the server, asked as gRPC's module asks it, and without gRPC's libraries. The wire is tested
/// with a real client: `Tests/clients/grpc.py`.
@Suite(.serialized) struct GRPCBackendTests {
    /// Stands where gRPC's server stands.
    private final class Standing: GRPCServing {
        let backend: GRPCBackend
        private let (stream, sink) = AsyncStream<Void>.makeStream()

        init(_ backend: GRPCBackend) { self.backend = backend }

        func serve() async throws {
            backend.onBound(4_317)
            for await _ in stream {}
        }

        func stop() { sink.finish() }
    }

    private static func with(
        limits: ServerLimits = ServerLimits(), _ body: (ServerInProcess, GRPCBackend) async throws -> Void
    ) async throws {
        let held = Mutex<GRPCBackend?>(nil)
        let change: (inout ServerOptions) -> Void = { options in
            options.grpc = .at(ListenAddress(host: "127.0.0.1", port: 0))
            options.grpcServer = { backend in
                held.withLock { $0 = backend }
                return Standing(backend)
            }
        }
        try await ServerInProcess.with(limits: limits, change) { server in
            try await body(server, try #require(held.withLock { $0 }))
        }
    }

    private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        precondition(bytes.count < 128)
        return [number << 3 | 2, UInt8(bytes.count)] + bytes
    }

    /// An export of one log record in protobuf.
    private static func logs(_ time: UInt64, _ body: String = "x") -> [UInt8] {
        let moment: [UInt8] = [1 << 3 | 1] + withUnsafeBytes(of: time.littleEndian) { [UInt8]($0) }
        return field(1, field(2, field(2, moment + field(5, field(1, Array(body.utf8))))))
    }

    private static let time: UInt64 = 1_768_996_800_000_000_000

    private static func taken(_ call: GRPCCall, _ backend: GRPCBackend) async throws -> [UInt8] {
        try await backend.export(call).get()
    }

    private static func code(_ result: Result<[UInt8], GRPCRefusal>) -> Int {
        switch result {
        case .success: 0
        case .failure(let refusal): refusal.code
        }
    }

    @Test func `a call is appended, plain or packed, and once`() async throws {
        try await Self.with { server, backend in
            #expect(try await Self.taken(GRPCCall(.logs, Self.logs(Self.time)), backend) == [], "all was taken: an empty message")
            var packed = GRPCCall(.logs, pack(Self.logs(Self.time + 1), isGzip: true))
            packed.coding = "gzip"
            #expect(try await Self.taken(packed, backend) == [])
            #expect(try await Self.taken(packed, backend) == [])
            #expect(try await server.get("/api/v1/status").int("durable") == 2, "sent again it counts nothing twice")
            for signal in GRPCSignal.allCases { #expect(try await Self.taken(GRPCCall(signal, []), backend) == []) }
            let metrics = try await server.get("/metrics").text
            #expect(metrics.contains("varve_grpc_requests_total{service=\"logs\",code=\"0\"} 4"), "\(metrics)")
        }
    }

    @Test func `refused records are counted in a partial success`() async throws {
        try await Self.with { _, backend in
            let reply = try await Self.taken(GRPCCall(.logs, Self.logs(5) + Self.logs(Self.time)), backend)
            // partial_success, its length, and in it rejected_log_records = 1 and error_message.
            let partial = reply.dropFirst().drop { $0 >= 0x80 }.dropFirst()
            #expect(reply.first == 0x0A && partial.starts(with: [0x08, 0x01, 0x12]), "\(reply)")
            #expect(String(decoding: reply, as: UTF8.self).contains("1 of 2 records"))
        }
    }

    @Test func `who may not write is refused, and a tenant's records go to its own log`() async throws {
        try await Self.with { server, backend in
            let store = TokenStore(at: server.folder)
            let reader = try store.create(name: "r", scopes: [.read])
            let writer = try store.create(name: "w", scopes: [.write])
            try FileManager.default.createDirectory(
                atPath: server.folder + "/tenants/acme", withIntermediateDirectories: true)
            let acme = try store.create(name: "a", scopes: [.write], tenants: .these(["acme"]))
            // The server sees a change of the file within a second.
            try await Task.sleep(for: .milliseconds(1_100))
            func ask(_ secret: String?, _ tenant: String? = nil) async -> Int {
                var call = GRPCCall(.logs, Self.logs(Self.time))
                (call.authorization, call.tenant, call.address) = (secret.map { "Bearer \($0)" }, tenant, "127.0.0.1")
                return Self.code(await backend.export(call))
            }
            #expect(await ask(nil) == 16)
            #expect(await ask("vt_none.at-all") == 16)
            #expect(await ask(reader.secret) == 7)
            #expect(await ask(writer.secret, "acme") == 5, "a tenant that may not be seen does not exist")
            #expect(await ask(writer.secret) == 0)
            #expect(await ask(acme.secret) == 0)
            #expect(FileManager.default.fileExists(atPath: server.folder + "/tenants/acme/log"))
        }
    }

    @Test func `what cannot be read is refused for good`() async throws {
        var limits = ServerLimits()
        limits.documentBytes = 100_000
        try await Self.with(limits: limits) { server, backend in
            func ask(_ message: [UInt8], _ coding: String? = nil) async -> Int {
                var call = GRPCCall(.logs, message)
                call.coding = coding
                return Self.code(await backend.export(call))
            }
            #expect(await ask([0x0A, 0xFF]) == 3)
            #expect(await ask([1, 2, 3], "gzip") == 3)
            #expect(await ask([1, 2, 3], "br") == 12)
            let large = [UInt8](repeating: 0, count: 100_001)
            #expect(await ask(large) == 8)
            #expect(await ask(pack(large, isGzip: true), "gzip") == 8)
            let durable = try await server.get("/api/v1/status").int("durable")
            #expect(durable == 0)
        }
    }

    @Test func `overload says when to come again, and what is too large does not`() async throws {
        var limits = ServerLimits()
        limits.bytesInFlight = 1_000
        limits.documentBytes = 2_000
        try await Self.with(limits: limits) { _, backend in
            let retry = "type.googleapis.com/google.rpc.RetryInfo"
            guard case .failure(let overload) = await backend.export(GRPCCall(.logs, Self.logs(Self.time))) else {
                Issue.record("it was taken")
                return
            }
            #expect(overload.code == 14 && String(decoding: overload.details, as: UTF8.self).contains(retry))
            let room = Result { () throws(GRPCRefusal) in try backend.room() }
            guard case .failure(let refusal) = room else {
                Issue.record("there was room")
                return
            }
            #expect(refusal.code == 14)
        }
    }

    @Test func `an address that was asked for is in the line that says the server is ready`() async throws {
        let options = OTLPListening.at(ListenAddress(host: "127.0.0.1", port: 4_317))
        #expect(options != .whenFree)
        let folder = ServedFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        var settings = ServerOptions(data: folder.path)
        settings.address = ListenAddress(host: "127.0.0.1", port: 0)
        settings.grpc = options
        settings.grpcServer = { Standing($0) }
        let (stream, sink) = AsyncStream<[String]>.makeStream()
        let serving = Serving(settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let task = Task {
            try await serving.run(
                signals: false, onReady: { server in sink.yield(server.further.map { "\($0.name) \($0.url)" }) })
        }
        #expect(await stream.first { _ in true } == ["grpc http://127.0.0.1:4317"])
        task.cancel()
        _ = await task.result
    }
}
