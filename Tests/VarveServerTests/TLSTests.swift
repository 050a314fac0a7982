import Foundation
import Testing
import VarveServer
import VarveTestSupport

/// Whether there are the programs that make certificates and ask with them.
private let hasTLSTools = ["/usr/bin/openssl", "/usr/bin/curl"].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }

/// TLS, with certificates that the tests make.
@Suite(.serialized, .enabled(if: hasTLSTools)) struct TLSTests {
    /// A certificate for localhost, and its key.
    private static func make(_ name: String, in folder: String) throws -> (chain: String, key: String) {
        let (chain, key) = ("\(folder)/\(name).pem", "\(folder)/\(name).key")
        let made = try runProgram(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                "/CN=\(name)", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", chain,
            ])
        #expect(made.code == 0)
        return (chain, key)
    }

    /// The exit code of curl, which trusts one certificate, and the answer with its headers.
    private static func ask(_ port: Int, trusting chain: String, _ more: [String] = []) throws -> (code: Int32, out: String) {
        try runProgram("/usr/bin/curl", ["-si", "--max-time", "10", "--cacert", chain, "https://localhost:\(port)/livez"] + more)
    }

    @Test func `a certificate is taken anew at SIGHUP, and a broken one is not`() async throws {
        try await onThread {
            let folder = ServedFolder()
            try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
            let (first, second) = (try Self.make("first", in: folder.path), try Self.make("second", in: folder.path))
            let (chain, key) = (folder.path + "/served.pem", folder.path + "/served.key")
            func serve(_ files: (chain: String, key: String)) throws {
                for (from, to) in [(files.chain, chain), (files.key, key)] {
                    try Data(contentsOf: URL(filePath: from)).write(to: URL(filePath: to), options: .atomic)
                }
            }
            try serve(first)
            let settings = "serve:\n  certificate: \(chain)\n  certificate_key: \(key)\n"
            try settings.write(toFile: folder.path + "/varve.yaml", atomically: true, encoding: .utf8)
            let server = try RunningServer(folder.path)
            #expect((server.ready["url"] as? String)?.hasPrefix("https://") == true)
            let answer = try Self.ask(server.port, trusting: first.chain)
            #expect(answer.code == 0 && answer.out.contains(" 200 "), "\(answer)")
            #expect(answer.out.lowercased().contains("strict-transport-security: max-age="), "\(answer)")
            #expect(try Self.ask(server.port, trusting: second.chain).code == 60)
            // A key that does not belong to the chain: nothing changes.
            try serve((second.chain, first.key))
            Glibc.kill(server.process.processIdentifier, SIGHUP)
            usleep(700_000)
            #expect(try Self.ask(server.port, trusting: first.chain).code == 0)
            try serve(second)
            Glibc.kill(server.process.processIdentifier, SIGHUP)
            try blockUntil { try Self.ask(server.port, trusting: second.chain).code == 0 }
            #expect(try Self.ask(server.port, trusting: second.chain).code == 0)
            #expect(try Self.ask(server.port, trusting: first.chain).code == 60)
            // Nothing below TLS 1.2, and no plain HTTP.
            let arguments = ["s_client", "-connect", "127.0.0.1:\(server.port)"]
            #expect(try runProgram("/usr/bin/openssl", arguments + ["-tls1_2"]).code == 0)
            #expect(try runProgram("/usr/bin/openssl", arguments + ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]).code != 0)
            #expect(
                try runProgram("/usr/bin/curl", ["-s", "--max-time", "5", "http://localhost:\(server.port)/livez"]).code != 0)
            #expect(server.stop() == 0)
        }
    }

    @Test func `where an authority of clients is set, who has no certificate of it is not let in`() async throws {
        try await onThread {
            let folder = ServedFolder()
            try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
            let (own, client) = (try Self.make("own", in: folder.path), try Self.make("client", in: folder.path))
            let settings =
                "serve:\n  certificate: \(own.chain)\n  certificate_key: \(own.key)\n  client_authority: \(client.chain)\n"
            try settings.write(toFile: folder.path + "/varve.yaml", atomically: true, encoding: .utf8)
            let server = try RunningServer(folder.path)
            #expect(try Self.ask(server.port, trusting: own.chain).code != 0)
            #expect(try Self.ask(server.port, trusting: own.chain, ["--cert", own.chain, "--key", own.key]).code != 0)
            let known = try Self.ask(server.port, trusting: own.chain, ["--cert", client.chain, "--key", client.key])
            #expect(known.code == 0 && known.out.contains(" 200 "), "\(known)")
            #expect(server.stop() == 0)
        }
    }
}
