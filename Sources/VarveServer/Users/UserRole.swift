/// What a user may do; each role may do what those before it may.
public enum UserRole: String, CaseIterable, Sendable {
    /// Reads.
    case viewer
    /// Appends events too, and acts on alerts.
    case editor
    /// Changes what is kept, and who may.
    case admin

    /// The scopes that a route may ask for.
    public var scopes: [AccessScope] {
        switch self {
        case .viewer: [.read]
        case .editor: [.read, .write, .alerts]
        case .admin: AccessScope.allCases
        }
    }
}
