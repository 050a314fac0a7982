internal import Synchronization
internal import VarveAlerts
internal import VarveDisk
internal import VarvePages

/// What pages are told of the server beside the log.
struct PageSourcing: Sendable {
    let state: ServerState

    /// - Parameter page: The path of the page that is made: only the page of settings shows them, and they are read for no other.
    func sources(_ access: PageAccess, _ workspace: ReadableWorkspace, for page: String) async throws -> PageSources {
        var sources = PageSources()
        sources.rights = access.rights
        sources.formToken = access.formToken
        sources.traces = PageTraces()
        sources.hidden = state.hidden
        sources.closed = state.pageRows
        // Rules are evaluated over the directory's own log, and its settings are nobody else's: a tenant's pages have neither.
        guard workspace.isHome else { return sources }
        sources.alerts = state.pageAlerts
        if let alerts = state.liveAlerts.withLock({ $0 }) {
            sources.evaluated = await alerts.lastEvaluation
            sources.alertFaults = await alerts.faults
        }
        if page == "/settings" { sources.settings = try await settings(access.rights, workspace) }
        return sources
    }

    private func settings(_ rights: Set<PageRight>, _ workspace: ReadableWorkspace) async throws -> ServerSettings {
        var settings = ServerSettings()
        settings.scopes = AccessScope.allCases.map(\.rawValue)
        settings.channels = (state.options.alerts?.delivery.channels ?? []).map {
            .init(name: $0.name, kind: $0.kind.rawValue, fallback: $0.fallback)
        }
        settings.settings = Self.live(state.live)
        guard rights.contains(.admin) else { return settings }
        settings.data = workspace.path
        settings.tokens = try await onOwnThread { [tokens = state.tokens] in (try? tokens.tokens()) ?? [] }.map {
            .init(id: $0.id, name: $0.name, scopes: $0.scopes.map(\.rawValue), created: $0.created, expires: $0.expires)
        }
        return settings
    }

    /// Under the names of the configuration. Secrets are not told.
    private static func live(_ live: LiveSettings) -> [ServerSettings.Setting] {
        func every(_ seconds: Int?) -> String { seconds.map { "\($0) s" } ?? "never" }
        return [
            .init("retain.days", "\(live.retentionDays)"), .init("retain.hold_days", "\(live.holdDays)"),
            .init("retain.hold_megabytes", "\(live.holdMegabytes)"), .init("retain.every", every(live.retainEvery)),
            .init("compact.every", every(live.compactEvery)),
            .init("serve.origins", live.origins.isEmpty ? "none" : live.origins.joined(separator: ", ")),
            .init("serve.beacons_per_minute", "\(live.beaconsPerMinute)"),
            .init("serve.requests_per_minute", live.requestsPerMinute.map { "\($0)" } ?? "any number"),
        ]
    }
}
