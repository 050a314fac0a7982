/// What speaks gRPC for the server: the module of gRPC's libraries, which the server does not know.
package protocol GRPCServing: Sendable {
    /// Listens and serves until `stop` is called, or the task is cancelled.
    ///
    /// - Throws: What the system said when the address could not be listened at.
    func serve() async throws
    /// Takes no new call, and lets `serve` return when those in flight are answered.
    func stop()
}
