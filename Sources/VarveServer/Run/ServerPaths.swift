/// The names that the server gives files below a data directory.
struct ServerPaths: Sendable {
    private let data: String

    init(_ data: String) { self.data = data }

    var root: String { data }
    /// Who may: for its owner alone.
    var access: String { data + "/access" }
    var accessLock: String { data + "/access/lock" }
    var tokens: String { data + "/access/tokens" }
    var users: String { data + "/access/users" }
    var sessions: String { data + "/access/sessions" }
    /// Varve's own events: a data directory.
    var system: String { data + "/system" }
    /// The data directories of tenants.
    var tenants: String { data + "/tenants" }
    func tenant(_ name: String) -> String { "\(data)/tenants/\(name)" }
    /// How far each forwarder is, and what it attempted.
    var forward: String { data + "/forward" }
    /// Where commands reach the server that holds the directory.
    var control: String { data + "/control.sock" }
    var mappings: String { data + "/mappings" }
    /// Views that were made here, beside the stores of projectors.
    var views: String { data + "/views" }
    func view(_ name: String) -> String { "\(data)/views/\(name).yaml" }
    /// What the fields of CSV and other formats mean, by the name that a request says.
    func mapping(_ name: String) -> String { "\(data)/mappings/\(name).yaml" }
}
