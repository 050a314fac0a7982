internal import VarveDisk
internal import VarveEvents

/// The users of a data directory: `access/users`, one line each, readable by its owner alone. Of passwords only argon2id hashes
/// are kept. Commands write it while a server runs; the server sees that within a second.
public final class UserStore: Sendable {
    /// Bytes of a password.
    public static let passwordBytes = 8...1_024
    private let file: AccessFile<User>

    /// - Parameter data: The data directory; made when a user is.
    public init(at data: String) {
        let paths = ServerPaths(data)
        file = AccessFile(paths, paths.users, "users")
    }

    /// All users, disabled ones too.
    ///
    /// - Throws: `.configuration` when the file cannot be read, or is none.
    public func users() throws(ServerError) -> [User] { try file.read() }

    /// Adds a user.
    ///
    /// - Throws: `.refused` when the name is taken or is none, or the password is too short or too long.
    @discardableResult
    public func add(
        _ name: String, role: UserRole, tenants: TenantChoice = .home, password: String
    ) throws(ServerError) -> User {
        guard name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._@-]{0,63}/) != nil else {
            throw ServerError(.refused, "a user's name has letters, digits, '.', '_', '@' and '-', and at most 64 of them")
        }
        let hash = try Self.hash(password)
        let now = Timestamp(nanoseconds: wallClockNanoseconds())
        let user = User(
            name: name, role: role, tenants: tenants, created: now, isDisabled: false, passwordChanged: now, hash: hash)
        try file.change { users throws(ServerError) in
            guard !users.contains(where: { $0.name == name }) else {
                throw ServerError(.refused, "there is a user '\(name)' already")
            }
            users.append(user)
        }
        return user
    }

    /// Gives a user another password; all sessions of that user are over.
    public func setPassword(of name: String, to password: String) throws(ServerError) {
        let hash = try Self.hash(password)
        try change(name) { user in
            user.hash = hash
            user.passwordChanged = Timestamp(nanoseconds: wallClockNanoseconds())
        }
    }

    /// Gives a user another role, which their sessions have at once.
    public func setRole(_ name: String, _ role: UserRole) throws(ServerError) {
        try change(name) { $0.role = role }
    }

    /// Lets a user in no more, or again. The sessions of one who is let in no more are over.
    public func setDisabled(_ name: String, _ isDisabled: Bool) throws(ServerError) {
        try change(name) { user in
            user.isDisabled = isDisabled
            user.passwordChanged = Timestamp(nanoseconds: wallClockNanoseconds())
        }
    }

    /// Forgets a user.
    public func remove(_ name: String) throws(ServerError) {
        try file.change { users throws(ServerError) in
            guard users.contains(where: { $0.name == name }) else { throw Self.unknown(name) }
            users.removeAll { $0.name == name }
        }
    }

    private func change(_ name: String, _ body: (inout User) -> Void) throws(ServerError) {
        try file.change { users throws(ServerError) in
            guard let index = users.firstIndex(where: { $0.name == name }) else { throw Self.unknown(name) }
            body(&users[index])
        }
    }

    private static func unknown(_ name: String) -> ServerError { ServerError(.refused, "there is no user '\(name)'") }

    private static func hash(_ password: String) throws(ServerError) -> String {
        guard passwordBytes.contains(password.utf8.count) else {
            throw ServerError(
                .refused, "a password has \(passwordBytes.lowerBound) to \(passwordBytes.upperBound) bytes")
        }
        guard let hash = PasswordHash.make(password) else {
            throw ServerError(.internal, "there is not enough memory to hash a password")
        }
        return hash
    }

    // MARK: For the server

    /// - Throws: `.configuration` when the file cannot be read.
    func check() throws(ServerError) { _ = try users() }

    /// Whether there is any. A file that cannot be read counts as one.
    var hasAny: Bool {
        let known = file.current
        return known.fault != nil || !known.records.isEmpty
    }

    /// A user who may log in.
    func active(_ name: String) -> User? { file.current.records.first { $0.name == name && !$0.isDisabled } }
}
