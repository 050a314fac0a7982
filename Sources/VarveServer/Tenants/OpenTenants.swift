internal import Synchronization
internal import VarveDisk
internal import VarveWorkspace

/// The tenants of a server: each one's log is opened when it is first asked for, and stays open while it is used.
actor OpenTenants {
    private struct Open {
        var tenant: Tenant
        var used: ContinuousClock.Instant
    }

    private let paths: ServerPaths
    private let viewFolders: [String]
    private let settings: (@Sendable (String) throws -> LiveSettings)?
    private var open: [String: Open] = [:] {
        didSet { mirror.withLock { [open] in $0 = open.mapValues(\.tenant) } }
    }
    private let mirror = Mutex<[String: Tenant]>([:])
    private var opening: [String: Task<Tenant, any Error>] = [:]
    private var isClosed = false
    /// Tenants that are open at once; each costs descriptors, threads and a few MiB.
    static let openMax = 64
    /// One that was not asked for so long is closed when another one needs its place.
    private static let idle = Duration.seconds(60)

    init(_ options: ServerOptions) {
        paths = ServerPaths(options.data)
        viewFolders = options.viewFolders
        settings = options.tenantSettings
    }

    /// The tenant of a name.
    ///
    /// - Throws: 404 when it has no directory, 503 when its log cannot be opened now.
    func tenant(_ name: String) async throws -> Tenant {
        guard !isClosed else { throw Problem(503, "stopping", "the server is stopping", retryAfter: 2) }
        if let known = open[name] {
            open[name]?.used = .now
            return known.tenant
        }
        if let task = opening[name] { return try await task.value }
        guard TenantChoice.isName(name), (try? RealDisk().kind(paths.tenant(name))) == .directory else {
            throw Problem.unknownTenant
        }
        let task = Task { [path = paths.tenant(name), viewFolders, settings] in
            try await makeRoom()
            var options = Workspace.Options()
            options.viewFolders = viewFolders
            options.seriesBytes = 32 << 20
            let own: LiveSettings?
            do { own = try settings?(path) } catch {
                throw Problem(503, "bad_settings", "the tenant's settings cannot be used", retryAfter: 60)
            }
            return Tenant(name, try await Workspace.open(at: path, options: options), settings: own)
        }
        opening[name] = task
        defer { opening[name] = nil }
        let tenant = try await task.value
        open[name] = Open(tenant: tenant, used: .now)
        return tenant
    }

    /// A tenant that is open now; nil else.
    nonisolated func opened(_ name: String) -> Tenant? { mirror.withLock { $0[name] } }

    /// The tenants that are open.
    nonisolated var all: [Tenant] { mirror.withLock { Array($0.values) } }

    /// Closes the one that was not used for longest, when there are too many.
    private func makeRoom() async throws {
        guard open.count >= Self.openMax else { return }
        guard let oldest = open.min(by: { $0.value.used < $1.value.used }), .now - oldest.value.used > Self.idle else {
            throw Problem(503, "busy", "too many tenants are in use", retryAfter: 10)
        }
        open[oldest.key] = nil
        oldest.value.tenant.workspace.feed.stop()
        try? await oldest.value.tenant.workspace.close()
    }

    /// Reads the tenants' settings again; wrong ones change nothing.
    func reload() {
        guard let settings else { return }
        for tenant in all { if let own = try? settings(tenant.workspace.path) { tenant.setLive(own) } }
    }

    /// The names of all tenants that there are.
    nonisolated var names: [String] {
        ((try? RealDisk().list(paths.tenants)) ?? []).filter(TenantChoice.isName).sorted()
    }

    /// Tells the streams of all tenants that the server stops.
    nonisolated func stop() {
        for tenant in all { tenant.workspace.feed.stop() }
    }

    /// Closes all logs.
    func close() async {
        isClosed = true
        for entry in open.values { try? await entry.tenant.workspace.close() }
        open = [:]
    }
}
