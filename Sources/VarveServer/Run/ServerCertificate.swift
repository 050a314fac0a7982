internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// Certificate chain and key of a server, read again when it is asked to. Connections go on with what they began with; new ones
/// get the new certificate.
final class ServerCertificate: Sendable {
    private let files: ServerOptions.Certificate
    private let held: Mutex<Contexts>

    /// One for each protocol: clients of gRPC demand that the server chooses h2, and those of HTTP/1 do not ask.
    struct Contexts: Sendable {
        var http: NIOSSLContext
        var grpc: NIOSSLContext
    }

    init(_ files: ServerOptions.Certificate) throws(ServerError) {
        self.files = files
        held = Mutex(try Self.read(files))
    }

    /// What a new connection gets.
    var context: NIOSSLContext { held.withLock { $0.http } }
    var contextOfGRPC: NIOSSLContext { held.withLock { $0.grpc } }

    /// What the files hold now. Nothing has changed until `take`.
    func next() throws(ServerError) -> Contexts { try Self.read(files) }

    func take(_ contexts: Contexts) { held.withLock { $0 = contexts } }

    private static func read(_ files: ServerOptions.Certificate) throws(ServerError) -> Contexts {
        do {
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(files.chain).map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem)))
            configuration.minimumTLSVersion = .tlsv12
            if let authority = files.clientAuthority {
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authority))
                configuration.certificateVerification = .noHostnameVerification
            }
            let http = try NIOSSLContext(configuration: configuration)
            configuration.applicationProtocols = ["h2"]
            return Contexts(http: http, grpc: try NIOSSLContext(configuration: configuration))
        } catch {
            throw ServerError(.configuration, "the certificate \(files.chain) with its key \(files.key) cannot be used: \(error)")
        }
    }
}

/// Connections over TLS, each with the certificate of the moment it began.
struct SecureChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let certificate: ServerCertificate

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: certificate.context))
        }.flatMap { base.setup(channel: channel, logger: logger) }
    }

    func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}
