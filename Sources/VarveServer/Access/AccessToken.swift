public import VarveEvents

/// A token as it is kept: never its secret.
public struct AccessToken: Hashable, Sendable {
    public var id: String
    /// What people call it.
    public var name: String
    public var scopes: [AccessScope]
    public var created: Timestamp
    /// From then on it is none; nil for never.
    public var expires: Timestamp?
    /// SHA-256 of the secret, in hexadecimal digits.
    var hash: String

    /// Whether it counts at `now`.
    public func isValid(at now: Timestamp) -> Bool { expires.map { now < $0 } ?? true }
}
