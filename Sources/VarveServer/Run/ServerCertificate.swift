internal import HummingbirdTLS
internal import NIOSSL

/// Certificate chain and key of a server.
struct ServerCertificate: Sendable {
    let configuration: TLSConfiguration

    init(_ chain: String, _ key: String) throws(ServerError) {
        do {
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(chain).map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
            configuration.minimumTLSVersion = .tlsv12
            self.configuration = configuration
        } catch {
            throw ServerError(.configuration, "the certificate \(chain) with its key \(key) cannot be used: \(error)")
        }
    }
}
