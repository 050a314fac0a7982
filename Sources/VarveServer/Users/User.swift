public import VarveEvents

/// A person who logs in, as it is kept: never the password.
public struct User: Hashable, Sendable {
    public var name: String
    public var role: UserRole
    public var tenants: TenantChoice
    public var created: Timestamp
    public var isDisabled: Bool
    /// Sessions that began before are over.
    public var passwordChanged: Timestamp
    /// Argon2id, with its parameters and salt.
    var hash: String
}

extension User: AccessRecord {
    var fields: [String] {
        [
            name, role.rawValue, tenants.description, "\(created.nanoseconds)", isDisabled ? "disabled" : "active",
            "\(passwordChanged.nanoseconds)", hash,
        ]
    }

    init?(fields: [String]) {
        guard fields.count == 7, let role = UserRole(rawValue: fields[1]), let tenants = TenantChoice(fields[2]),
            let created = Int64(fields[3]), fields[4] == "disabled" || fields[4] == "active", let changed = Int64(fields[5])
        else { return nil }
        name = fields[0]
        self.role = role
        self.tenants = tenants
        self.created = Timestamp(nanoseconds: created)
        isDisabled = fields[4] == "disabled"
        passwordChanged = Timestamp(nanoseconds: changed)
        hash = fields[6]
    }
}
