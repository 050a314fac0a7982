internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Hands mail to a server.
public struct SMTPClient: Sendable {
    private let server: SMTPServer
    private let resolver: Resolver

    public init(_ server: SMTPServer, _ rules: AddressRules) {
        self.server = server
        resolver = Resolver(rules: rules)
    }

    /// Hands `message` over once. The address is looked at before anything is connected.
    public func send(_ message: MailMessage) async -> DeliveryOutcome {
        for address in message.to + [message.from] where !MailAddress.isOne(address) {
            return .refused(.configuration, "an address is no mail address")
        }
        let address: IPAddress
        switch await resolver.find(server.host) {
        case .address(let found): address = found
        case .refused(let why): return .refused(.address, why)
        case .unknown(let why): return .retry(after: nil, .connection, why)
        }
        var context: NIOSSLContext?
        if server.security != .none {
            do { context = try self.context() } catch {
                return .refused(.configuration, "the certificates that the channel trusts cannot be read")
            }
        }
        return await connect(address, context, message)
    }

    private func context() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let file = server.authorities { configuration.trustRoots = .file(file) }
        return try NIOSSLContext(configuration: configuration)
    }

    private func connect(_ address: IPAddress, _ context: NIOSSLContext?, _ message: MailMessage) async -> DeliveryOutcome {
        let name = message.from.split(separator: "@").last.map(String.init) ?? "localhost"
        let dialog = SMTPDialog(server, from: message.from, to: message.to, name: name)
        let (server, bytes) = (server, message.bytes)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        // Made first: a dialog may be over before the connection is told of.
        let promise = loop.makePromise(of: DeliveryOutcome.self)
        ClientBootstrap(group: loop)
            .connectTimeout(.seconds(5))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = SMTPHandler(dialog, message: bytes, context: context, server: server, promise)
                    if server.security == .tls, let context {
                        try channel.pipeline.syncOperations.addHandler(SMTPHandler.encryption(context, server))
                    }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .connect(host: address.description, port: server.port)
            .whenFailure { _ in
                promise.succeed(.retry(after: nil, .connection, "the mail server cannot be connected to"))
            }
        return (try? await promise.futureResult.get()) ?? .retry(after: nil, .connection, "the connection broke")
    }
}

/// Runs a dialog over a connection.
private final class SMTPHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var dialog: SMTPDialog
    private var reader = SMTPReplyReader()
    private let message: [UInt8]
    private let tls: NIOSSLContext?
    private let server: SMTPServer
    private var outcome: DeliveryOutcome?
    private let promise: EventLoopPromise<DeliveryOutcome>
    private var deadline: Scheduled<Void>?
    /// Begin TLS when what came is read.
    private var mustSecure = false

    init(
        _ dialog: SMTPDialog, message: [UInt8], context: NIOSSLContext?, server: SMTPServer,
        _ promise: EventLoopPromise<DeliveryOutcome>
    ) {
        (self.dialog, self.message, self.tls, self.server, self.promise) = (dialog, message, context, server, promise)
    }

    static func encryption(_ context: NIOSSLContext, _ server: SMTPServer) throws -> NIOSSLClientHandler {
        try NIOSSLClientHandler(context: context, serverHostname: IPAddress(server.host) == nil ? server.host : nil)
    }

    private func settle(_ result: DeliveryOutcome) {
        guard outcome == nil else { return }
        outcome = result
        deadline?.cancel()
        promise.succeed(result)
    }

    func channelActive(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: .seconds(server.timeoutSeconds)) {
            let (handler, context) = bound.value
            handler.settle(.retry(after: nil, .timeout, "the mail server did not answer in time"))
            context.close(promise: nil)
        }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        while let byte = buffer.readInteger(as: UInt8.self) {
            // What comes in the open behind the answer to STARTTLS was not said by who is asked for a certificate.
            if mustSecure { return fail(context, "the mail server speaks before its connection is encrypted") }
            do throws(SMTPReplyReader.Fault) {
                if let reply = try reader.add(byte) { perform(dialog.take(reply), context) }
            } catch {
                return fail(context, "what answers is no mail server")
            }
            if outcome != nil { return }
        }
        if mustSecure { secure(context) }
    }

    private func secure(_ context: ChannelHandlerContext) {
        mustSecure = false
        guard let tls else { return fail(context, "the connection cannot be encrypted") }
        do {
            try context.pipeline.syncOperations.addHandler(Self.encryption(tls, server), position: .first)
        } catch {
            return fail(context, "the connection cannot be encrypted")
        }
        perform(dialog.secured(), context)
    }

    private func perform(_ step: SMTPDialog.Step, _ context: ChannelHandlerContext) {
        switch step {
        case .say(let line): line.with { write(Array($0.utf8) + [0x0D, 0x0A], context) }
        case .secure: mustSecure = true
        case .message: write(Self.stuffed(message) + Array(".\r\n".utf8), context)
        case .end(let result):
            settle(result)
            write(Array("QUIT\r\n".utf8), context)
            context.close(promise: nil)
        }
    }

    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    /// A line that begins with a dot gets another.
    static func stuffed(_ message: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(message.count + 64)
        var isStart = true
        for byte in message {
            if isStart, byte == 0x2E { out.append(byte) }
            out.append(byte)
            isStart = byte == 0x0A
        }
        if !isStart { out += [0x0D, 0x0A] }
        return out
    }

    private func fail(_ context: ChannelHandlerContext, _ why: String) {
        settle(.retry(after: nil, .receiver, why))
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let isCertificate = error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError
        settle(
            .retry(
                after: nil, .connection,
                isCertificate ? "the mail server's certificate is not trusted, or TLS failed" : "the connection broke"))
        context.close(promise: nil)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        settle(.retry(after: nil, .connection, "the connection could not be made, or broke"))
    }

    func channelInactive(context: ChannelHandlerContext) {
        settle(.retry(after: nil, .connection, "the mail server closed the connection"))
        context.fireChannelInactive()
    }
}
