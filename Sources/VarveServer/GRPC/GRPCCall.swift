/// One call, as it came.
package struct GRPCCall: Sendable {
    package var signal: GRPCSignal
    /// The message; packed if `coding` says so.
    package var message: [UInt8]
    /// How the message is packed: gRPC's name of the coding. Nil for a plain message.
    package var coding: String?
    /// `authorization` of the metadata.
    package var authorization: String?
    /// `x-varve-tenant` of the metadata.
    package var tenant: String?
    /// The address of the client; nil where it has none.
    package var address: String?

    package init(_ signal: GRPCSignal, _ message: [UInt8]) { (self.signal, self.message) = (signal, message) }
}
