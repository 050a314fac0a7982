public import VarveAlerts

/// How a server runs.
public struct ServerOptions: Sendable {
    /// The data directory; made when it is not there.
    public var data: String
    public var address = ListenAddress.usual
    /// Whether everybody who reaches the address may do everything, where no token was made.
    public var isInsecure = false
    /// The command that keeps the views, and its arguments: it is started, and started again when it ends. Nil starts none.
    public var projector: [String]?
    public var limits = ServerLimits()
    /// Folders of view files beside those saved in the directory.
    public var viewFolders: [String] = []
    /// Which pages and paths are shown, and paths that are hidden beside those of the profile, with everything below them.
    public var profile = ServerProfile.all
    public var hiddenPaths: [String] = []
    /// What is told as the program's version.
    public var version = ""
    /// PEM files; nil speaks plain HTTP.
    public var certificate: Certificate?
    /// A listening socket that was opened for this process; `address` says what it is then, for the checks.
    public var socket: Int32?
    /// What can change while it runs, and how it is read again; nil is never read again.
    public var live = LiveSettings()
    public var reload: (@Sendable () throws -> LiveSettings)?
    /// Seconds from the start to the first retention and compaction.
    public var maintenanceAfter = 60.0

    /// How rules are evaluated and told; nil evaluates none.
    public var alerts: AlertOptions?

    /// Where OTLP is taken beside the server's port.
    public var otlp = OTLPListening.never
    /// Where OTLP over gRPC is taken, by what `grpcServer` makes.
    public var grpc = OTLPListening.never
    /// Makes what speaks gRPC; nil in a build without it.
    package var grpcServer: (@Sendable (GRPCBackend) -> any GRPCServing)?
    /// Listeners of other protocols.
    public var listeners: [ListenerSettings] = []

    /// What is sent to other systems.
    public var forwards: [ForwardSettings] = []

    /// What TLS needs: PEM files.
    public struct Certificate: Hashable, Sendable {
        public var chain: String
        public var key: String
        /// Whose certificates clients have to show; nil asks for none.
        public var clientAuthority: String?

        public init(chain: String, key: String, clientAuthority: String? = nil) {
            self.chain = chain
            self.key = key
            self.clientAuthority = clientAuthority
        }
    }

    /// The settings of a tenant's own directory, which are read when it is opened and at SIGHUP; nil gives all tenants those of
    /// the server.
    public var tenantSettings: (@Sendable (_ directory: String) throws -> LiveSettings)?

    public init(data: String) { self.data = data }
}
