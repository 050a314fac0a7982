import VarveServer

#if GRPC
import VarveGRPC
#endif

extension Configuration {
    /// Where OTLP over gRPC is taken. A build without gRPC listens nowhere, and refuses to be told to.
    func grpc() throws -> OTLPListening {
        let path = "serve.grpc"
        guard let text = text(path) else { return Self.grpcServer == nil ? .never : .whenFree }
        if text == "off" { return .never }
        guard let address = ListenAddress(text) else {
            throw CommandFailure(.configuration, "\(path): '\(text)' is neither an address such as 127.0.0.1:4317 nor off")
        }
        guard Self.grpcServer != nil else {
            throw CommandFailure(
                .configuration, "\(path): this varve was built without gRPC",
                next: "build it with swift build -c release --product varve --traits GRPC, or set \(path) to off")
        }
        return .at(address)
    }

    /// What speaks gRPC; nil in a build without it.
    static var grpcServer: (@Sendable (GRPCBackend) -> any GRPCServing)? {
        #if GRPC
        { OTLPOverGRPC($0) }
        #else
        nil
        #endif
    }
}
