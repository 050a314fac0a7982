/// What a token may do. Each is a right of its own; `admin` has all.
public enum AccessScope: String, CaseIterable, Sendable {
    case read, write, alerts, admin

    /// Whether one who has this one may do what asks for `wanted`.
    func allows(_ wanted: AccessScope) -> Bool { self == wanted || self == .admin }
}
