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
    /// Whose logs it is for; see `TenantChoice`.
    public var tenants: TenantChoice
    /// SHA-256 of the secret, in hexadecimal digits.
    var hash: String

    /// Whether it counts at `now`.
    public func isValid(at now: Timestamp) -> Bool { expires.map { now < $0 } ?? true }
}

extension AccessToken: AccessRecord {
    var fields: [String] {
        [
            id, name, scopes.map(\.rawValue).joined(separator: ","), "\(created.nanoseconds)",
            expires.map { "\($0.nanoseconds)" } ?? "", hash, tenants.description,
        ]
    }

    /// A line without tenants is one of before there were any.
    init?(fields: [String]) {
        guard fields.count == 6 || fields.count == 7, let created = Int64(fields[3]),
            fields[4].isEmpty || Int64(fields[4]) != nil,
            let tenants = TenantChoice(fields.count == 7 ? fields[6] : "")
        else { return nil }
        id = fields[0]
        name = fields[1]
        scopes = fields[2].split(separator: ",").compactMap { AccessScope(rawValue: String($0)) }
        self.created = Timestamp(nanoseconds: created)
        expires = Int64(fields[4]).map { Timestamp(nanoseconds: $0) }
        hash = fields[5]
        self.tenants = tenants
    }
}
