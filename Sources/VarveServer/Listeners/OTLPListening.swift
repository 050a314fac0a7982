/// Where OTLP is taken beside the server's port.
public enum OTLPListening: Hashable, Sendable {
    case never
    /// At 4318, or 4317 for gRPC, where that is free and the server itself listens on loopback.
    case whenFree
    case at(ListenAddress)

    /// Where to listen beside a server at `address`, and whether it is a fault when that cannot be; nil for nowhere.
    func address(port: Int, beside address: ListenAddress) -> (address: ListenAddress, isWanted: Bool)? {
        switch self {
        case .never: nil
        case .whenFree: address.isLoopback ? (ListenAddress(host: address.host, port: port), false) : nil
        case .at(let given): (given, true)
        }
    }
}
