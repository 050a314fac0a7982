/// Where OTLP over HTTP is taken beside the server's port.
public enum OTLPListening: Hashable, Sendable {
    case never
    /// At 4318, where that is free and the server itself listens on loopback.
    case whenFree
    case at(ListenAddress)
}
