import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A mail server that knows as much of SMTP as the tests need, and keeps what it was told.
final class MailSink: Sendable {
    /// How it behaves.
    struct Manner: Sendable {
        var offersTLS = true
        var auth = "PLAIN LOGIN"
        /// Replies by the first word of a line, instead of the usual ones; each is used once.
        var replies: [(word: String, reply: String)] = []
        /// What is said in the open behind the answer to STARTTLS.
        var injected = ""
        var isSilent = false
    }

    static let certificate = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/alerts/smtp-test.pem").path(percentEncoded: false)

    private let channel: any NIOCore.Channel
    private let record: Record

    final class Record: Sendable {
        private let kept = Mutex<(lines: [String], messages: [String], encrypted: Int)>(([], [], 0))
        func add(line: String, isEncrypted: Bool) {
            kept.withLock { state in
                state.lines.append(line)
                if isEncrypted { state.encrypted += 1 }
            }
        }
        func add(message: String) { kept.withLock { $0.messages.append(message) } }
        var lines: [String] { kept.withLock { $0.lines } }
        var messages: [String] { kept.withLock { $0.messages } }
        var encrypted: Int { kept.withLock { $0.encrypted } }
    }

    static func start(_ manner: Manner = Manner()) async throws -> MailSink {
        let record = Record()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(manner, record))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return MailSink(channel, record)
    }

    private init(_ channel: any NIOCore.Channel, _ record: Record) { (self.channel, self.record) = (channel, record) }

    var port: Int { channel.localAddress?.port ?? 0 }
    /// What was said to it, line by line.
    var lines: [String] { record.lines }
    var messages: [String] { record.messages }
    /// Lines that came encrypted.
    var encrypted: Int { record.encrypted }
    func stop() async throws { try await channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var manner: Manner
        private let record: Record
        private var line: [UInt8] = []
        private var message: [String]?
        private var isEncrypted = false

        init(_ manner: Manner, _ record: Record) { (self.manner, self.record) = (manner, record) }

        func channelActive(context: ChannelHandlerContext) {
            if !manner.isSilent { say("220 test ESMTP", context) }
        }

        private func say(_ text: String, _ context: ChannelHandlerContext) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text + "\r\n")), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var buffer = unwrapInboundIn(data)
            while let byte = buffer.readInteger(as: UInt8.self) {
                line.append(byte)
                guard byte == 0x0A else { continue }
                let text = String(decoding: line.dropLast(2), as: UTF8.self)
                line = []
                take(text, context)
            }
        }

        private func take(_ text: String, _ context: ChannelHandlerContext) {
            if var lines = message {
                guard text == "." else {
                    lines.append(text.hasPrefix(".") ? String(text.dropFirst()) : text)
                    message = lines
                    return
                }
                message = nil
                if let reply = scripted("MESSAGE") { return say(reply, context) }
                record.add(message: lines.joined(separator: "\n"))
                return say("250 taken", context)
            }
            record.add(line: text, isEncrypted: isEncrypted)
            let word = text.split(separator: " ").first.map { $0.uppercased() } ?? ""
            if let reply = scripted(word) { return say(reply, context) }
            switch word {
            case "EHLO":
                let offers = isEncrypted || !manner.offersTLS ? "250 AUTH \(manner.auth)" : "250 STARTTLS"
                say("250-test\r\n250-8BITMIME\r\n" + offers, context)
            case "STARTTLS": startTLS(context)
            case "AUTH": say(text.hasPrefix("AUTH LOGIN") ? "334 VXNlcm5hbWU6" : "235 welcome", context)
            case "MAIL", "RCPT": say("250 ok", context)
            case "DATA":
                message = []
                say("354 go on", context)
            case "QUIT": context.close(promise: nil)
            // A name or a password of AUTH LOGIN.
            default: say(text == "dmFydmU=" ? "334 UGFzc3dvcmQ6" : "235 welcome", context)
            }
        }

        private func scripted(_ word: String) -> String? {
            guard let index = manner.replies.firstIndex(where: { $0.word == word }) else { return nil }
            return manner.replies.remove(at: index).reply
        }

        private func startTLS(_ context: ChannelHandlerContext) {
            say("220 go on" + manner.injected, context)
            do {
                let chain = try NIOSSLCertificate.fromPEMFile(MailSink.certificate).map {
                    NIOSSLCertificateSource.certificate($0)
                }
                let key = try NIOSSLPrivateKey(file: MailSink.certificate, format: .pem)
                let tls = try NIOSSLContext(
                    configuration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key)))
                try context.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls), position: .first)
                isEncrypted = true
            } catch {
                context.close(promise: nil)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
