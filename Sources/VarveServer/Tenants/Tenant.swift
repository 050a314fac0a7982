internal import Synchronization
internal import VarveWorkspace

/// One log with what is kept beside it while the server runs: the data directory's own, or a tenant's.
final class Tenant: Sendable {
    /// Nil for the data directory's own log.
    let name: String?
    let workspace: Workspace
    /// The text of its latest blocks, for subscribers of its stream and for no others.
    let rendered = RenderedBlocks()
    /// What PromQL is asked of.
    let series = KeptSeries()

    /// Its own settings; nil where those of the server hold.
    private let settings: Mutex<LiveSettings?>

    init(_ name: String?, _ workspace: Workspace, settings: LiveSettings? = nil) {
        self.name = name
        self.workspace = workspace
        self.settings = Mutex(settings)
    }

    /// What holds for it.
    func live(_ server: LiveSettings) -> LiveSettings { settings.withLock { $0 } ?? server }
    func setLive(_ own: LiveSettings) { settings.withLock { $0 = own } }

    var isHome: Bool { name == nil }
}
