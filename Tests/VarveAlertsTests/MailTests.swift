import Foundation
import Testing
import VarveEvents
import VarveOutbound
import VarveSettings

@testable import VarveAlerts

/// Mail handed to a server, in process.
struct MailTests {
    private static let open = AddressRules(allow: [AddressBlock("127.0.0.0/8")].compactMap { $0 })

    private func server(_ sink: MailSink, _ security: SMTPServer.Security = .starttls) -> SMTPServer {
        var server = SMTPServer(host: "localhost", port: sink.port, security: security)
        server.authorities = MailSink.certificate
        server.timeoutSeconds = 5
        return server
    }

    private func message(_ to: [String] = ["ops@example.org"]) -> MailMessage {
        MailMessage(
            from: "varve@example.org", to: to, subject: "[CRITICAL] A", text: ".one\n..two\nend", id: "a@example.org",
            thread: nil,
            date: 0)
    }

    @Test func `what fires and what is resolved are one thread, sent over TLS with name and password`() async throws {
        let sink = try await MailSink.start()
        let text = """
            mail: {kind: email, url: "smtp://localhost:\(sink.port)", user: varve, password_file: k,
                   ca_file: "\(MailSink.certificate)", from: varve@example.org, to: [ops@example.org, b@example.org]}
            """
        let settings = try ChannelSettings.read(
            SettingsNode.parse(text, file: "c.yaml"), file: { _ in "secret word\n" }, variable: { _ in nil })
        let channel = Channel(try #require(settings.first), Self.open)
        for status in [AlertNotice.Status.firing, .resolved] {
            let outcome = await channel.deliver(try BodyTests.notice(status), key: "k", now: Minutes.time(20))
            #expect(outcome == .delivered)
        }
        #expect(sink.messages.count == 2)
        let id = try #require(sink.messages[0].split(separator: "\n").first { $0.hasPrefix("Message-ID: ") }).dropFirst(12)
        #expect(sink.messages[1].contains("References: \(id)") && sink.messages[1].contains("In-Reply-To: \(id)"))
        #expect(!sink.messages[1].contains("Message-ID: \(id)"))
        let lines = sink.lines
        #expect(Array(lines.prefix(3)).map { $0.prefix(8) } == ["EHLO exa", "STARTTLS", "EHLO exa"])
        #expect(lines[3] == "AUTH PLAIN " + Data("\u{0}varve\u{0}secret word".utf8).base64EncodedString())
        #expect(lines[4...6] == ["MAIL FROM:<varve@example.org>", "RCPT TO:<ops@example.org>", "RCPT TO:<b@example.org>"])
        #expect(sink.encrypted == lines.count - 4, "all but EHLO and STARTTLS of two messages")
        try await sink.stop()
    }

    @Test func `AUTH LOGIN, and lines that begin with a dot`() async throws {
        let sink = try await MailSink.start(MailSink.Manner(auth: "LOGIN"))
        var server = server(sink)
        (server.user, server.password) = ("varve", Secret("word"))
        #expect(await SMTPClient(server, Self.open).send(message()) == .delivered)
        #expect(sink.lines.contains("dmFydmU=") && sink.lines.contains(Data("word".utf8).base64EncodedString()))
        #expect(try #require(sink.messages.first).contains("\n=2Eone\n=2E=2Etwo\nend") || sink.messages[0].contains("\n=2Eone\n"))
        try await sink.stop()
    }

    @Test func `nothing is sent in the open, or to who shows no certificate that is trusted`() async throws {
        let plain = try await MailSink.start(MailSink.Manner(offersTLS: false))
        guard case .refused(.configuration, _) = await SMTPClient(server(plain), Self.open).send(message()) else {
            Issue.record("sent without TLS")
            return
        }
        #expect(plain.messages.isEmpty && plain.lines.count <= 2)
        var secret = server(plain, .none)
        (secret.user, secret.password) = ("varve", Secret("word"))
        guard case .refused(.configuration, _) = await SMTPClient(secret, Self.open).send(message()) else {
            Issue.record("a password in the open")
            return
        }
        #expect(!plain.lines.contains { $0.hasPrefix("AUTH") })
        #expect(await SMTPClient(server(plain, .none), Self.open).send(message()) == .delivered)
        try await plain.stop()

        let sink = try await MailSink.start()
        var stranger = server(sink)
        stranger.authorities = nil
        guard case .retry(_, .connection, _) = await SMTPClient(stranger, Self.open).send(message()) else {
            Issue.record("a certificate that nobody trusts")
            return
        }
        #expect(sink.messages.isEmpty)
        try await sink.stop()

        // An answer that is put in front of the encrypted ones must not count.
        let injecting = try await MailSink.start(MailSink.Manner(injected: "\r\n250 STARTTLS\r\n250 ok"))
        let outcome = await SMTPClient(server(injecting), Self.open).send(message())
        #expect(outcome != .delivered && injecting.messages.isEmpty)
        try await injecting.stop()
        guard case .refused(.address, _) = await SMTPClient(server(sink), AddressRules()).send(message()) else {
            Issue.record("a private address")
            return
        }
    }

    @Test func `what the server's codes mean`() async throws {
        func outcome(_ replies: [(String, String)], to: [String] = ["a@b.c", "d@e.f"]) async throws -> (DeliveryOutcome, Int) {
            let sink = try await MailSink.start(MailSink.Manner(replies: replies.map { (word: $0.0, reply: $0.1) }))
            let result = await SMTPClient(server(sink), Self.open).send(message(to))
            try await sink.stop()
            return (result, sink.messages.count)
        }
        for (word, code) in [("MAIL", 451), ("RCPT", 450), ("DATA", 421), ("MESSAGE", 452)] {
            let (result, count) = try await outcome([(word, "\(code) later")])
            guard case .retry(nil, .receiver, let why) = result, why.hasSuffix("\(code)") else {
                Issue.record("\(word): \(result)"); return
            }
            #expect(count == 0)
        }
        for (word, code) in [("MAIL", 550), ("MESSAGE", 554)] {
            guard case .refused(.refused, _) = try await outcome([(word, "\(code) never")]).0 else {
                Issue.record("\(word)"); return
            }
        }
        // One of two recipients is enough; none is not.
        #expect(try await outcome([("RCPT", "550 unknown")]) == (.delivered, 1))
        guard case .refused(.refused, _) = try await outcome([("RCPT", "550 a"), ("RCPT", "550 b")]).0 else {
            Issue.record("none"); return
        }
        guard case .retry(_, .receiver, _) = try await outcome([("EHLO", "hello there")]).0 else {
            Issue.record("no reply"); return
        }
        let silent = try await MailSink.start(MailSink.Manner(isSilent: true))
        var slow = server(silent)
        slow.timeoutSeconds = 1
        guard case .retry(nil, .timeout, _) = await SMTPClient(slow, Self.open).send(message()) else {
            Issue.record("silent"); return
        }
        try await silent.stop()
    }

    @Test(arguments: [
        ("url: \"http://a\"", "smtp://HOST:PORT"), ("url: \"smtp://u:p@a\"", "without a name or a password"),
        ("url: \"smtp://a:0\"", "smtp://HOST:PORT"), ("url: \"smtp://a\", user: x", "go together"),
        ("user: x", "which url names"), ("url: \"smtp://a\", tls: none, user: x, password: y", "not sent in the open"),
        ("url: \"smtps://a\", tls: starttls", "from the first byte"),
    ])
    func `a mail server that is set up wrongly is told of`(text: String, wanted: String) {
        let whole = "a: {kind: email, from: a@b, to: [c@d], \(text)}"
        #expect {
            _ = try ChannelSettings.read(SettingsNode.parse(whole, file: "c"), file: { _ in "k\n" }, variable: { _ in nil })
        } throws: { error in
            "\(error)".contains(wanted)
        }
    }
}
