internal import Synchronization
internal import VarveAlerts
internal import VarvePages
internal import VarveWorkspace

/// What every part of a running server shares.
final class ServerState: Sendable {
    enum Phase: Sendable {
        case starting(String)
        case ready(Tenant)
        case stopping
    }

    let options: ServerOptions
    let metrics: MetricsRegistry
    let tokens: TokenStore
    let users: UserStore
    let sessions: SessionStore
    let passwords = PasswordQueue()
    /// Where what is done is recorded.
    let audit = AuditTrail()
    let tenants: OpenTenants
    let admission: Admission
    let projector = Mutex<String>("none")
    /// Ends the projector's process, which is started again.
    let projectorEnd = Mutex<(@Sendable () -> Void)?>(nil)
    /// Subscribers of the stream.
    let streams = Mutex<Int>(0)
    let connections = Mutex<Int>(0)
    /// The service of the chatbot's page, as last looked up.
    let facebook = Mutex<(at: ContinuousClock.Instant, status: String, time: String?)?>(nil)
    let beacons = RateLimiter()
    let requests = RateLimiter()
    /// Tries to log in, and tokens that are none.
    let logins = RateLimiter()
    let refusals = RateLimiter()
    let maintenance = MaintenanceRecord()
    /// Retention and compaction both change sealed segments: one after the other.
    let maintaining = Turn()
    let manager = ServiceNotices()
    /// How often the settings were read again, and why not the last time.
    let reloads = Mutex<(generation: Int, refusal: String?)>((0, nil))
    let controlIsThere = Mutex(false)
    /// The rules that are evaluated; nil before they are.
    let liveAlerts = Mutex<LiveAlerts?>(nil)

    /// - Throws: 503 where no rules are evaluated, or not yet.
    func alerts() throws(Problem) -> LiveAlerts {
        guard let alerts = liveAlerts.withLock({ $0 }) else {
            throw Problem(503, "no_alerts", "rules are not evaluated here", retryAfter: 2)
        }
        return alerts
    }

    /// One for each listener of the options.
    let listenerCounts: [ListenerCounts]
    /// One for each of the options.
    let forwarders: [Forwarder]
    /// What is answered with 404, by the options.
    let hidden: HiddenPaths
    /// What is remembered of cumulative series, by the path of the data directory: the same for all ports.
    let metricMemories = Mutex<[String: MetricMemory]>([:])
    /// What pages know of alerts.
    let pageAlerts = AlertMemory()
    /// What pages know of past days.
    let pageRows = ClosedRows()
    private let liveSettings: Mutex<LiveSettings>
    let started = ContinuousClock().now
    private let phase = Mutex<Phase>(.starting("opening the log"))
    private let homeHeld = Mutex<Tenant?>(nil)

    init(_ options: ServerOptions, _ metrics: MetricsRegistry) {
        self.options = options
        self.metrics = metrics
        hidden = HiddenPaths(options.profile.hiddenPaths + options.hiddenPaths)
        forwarders = options.forwards.map { Forwarder($0, data: options.data) }
        listenerCounts = options.listeners.map { ListenerCounts($0) }
        liveSettings = Mutex(options.live)
        tokens = TokenStore(at: options.data)
        users = UserStore(at: options.data)
        sessions = SessionStore(at: options.data, users: users)
        tenants = OpenTenants(options)
        admission = Admission(bytes: options.limits.bytesInFlight)
    }

    /// Of TLS; nil for plain HTTP.
    private let certificateHeld = Mutex<ServerCertificate?>(nil)
    var certificate: ServerCertificate? { certificateHeld.withLock { $0 } }
    func setCertificate(_ certificate: ServerCertificate) { certificateHeld.withLock { $0 = certificate } }

    var live: LiveSettings { liveSettings.withLock { $0 } }
    /// Lets the projector, and PromQL, see changed definitions.
    func restartProjector() {
        homeHeld.withLock { $0 }?.series.forget()
        for tenant in tenants.all { tenant.series.forget() }
        projectorEnd.withLock { $0 }?()
    }
    func setLive(_ settings: LiveSettings) { liveSettings.withLock { $0 = settings } }

    var now: Phase { phase.withLock { $0 } }

    /// Whether one has to say who one is: as soon as there is a token or a user, and always where other machines reach this one,
    /// so that who takes the last token away lets nobody in.
    var isAccessAsked: Bool { tokens.hasAny || users.hasAny || !options.address.isLoopback && !options.isInsecure }

    func opened(_ workspace: Workspace) {
        let home = Tenant(nil, workspace)
        homeHeld.withLock { $0 = home }
        phase.withLock { if case .starting = $0 { $0 = .ready(home) } }
    }

    func stop() {
        phase.withLock { $0 = .stopping }
        workspace?.feed.stop()
        tenants.stop()
    }

    /// The workspace, also while the server stops; nil before it is open.
    var workspace: Workspace? { homeHeld.withLock { $0 }?.workspace }
}
