internal import VarveDisk
internal import VarveEvents

/// The sessions of a server: `access/sessions`. They outlive a restart, and end by their time, a log-out, or a change of their
/// user.
final class SessionStore: Sendable {
    /// Twelve hours: a working day.
    static let seconds: Int64 = 12 * 3_600
    /// Of one user, and in all; the oldest ends before there are more.
    private static let perUser = 32
    private static let most = 4_096

    private let file: AccessFile<Session>
    private let users: UserStore

    init(at data: String, users: UserStore) {
        let paths = ServerPaths(data)
        file = AccessFile(paths, paths.sessions, "sessions")
        self.users = users
    }

    private static var now: Timestamp { Timestamp(nanoseconds: wallClockNanoseconds()) }

    /// Begins one; its secret is the cookie's value.
    func begin(_ user: User) throws(ServerError) -> String {
        let secret = AccessSecret.random(bytes: 32)
        let now = Self.now
        let session = Session(
            hash: AccessSecret.digest(secret), user: user.name, created: now, expires: now + .seconds(Self.seconds))
        try file.change { sessions in
            sessions.removeAll { $0.expires <= now }
            sessions.append(session)
            let own = sessions.filter { $0.user == user.name }
            if own.count > Self.perUser {
                let old = Set(own.prefix(own.count - Self.perUser).map(\.hash))
                sessions.removeAll { old.contains($0.hash) }
            }
            if sessions.count > Self.most { sessions.removeFirst(sessions.count - Self.most) }
        }
        return secret
    }

    /// Ends the session of a secret.
    func end(_ secret: String) throws(ServerError) {
        let hash = AccessSecret.digest(secret)
        try file.change { $0.removeAll { $0.hash == hash } }
    }

    /// Ends all sessions of a user.
    func endAll(of user: String) throws(ServerError) {
        try file.change { $0.removeAll { $0.user == user } }
    }

    /// The user of a secret, while the session lasts and the user is as at its beginning.
    func user(of secret: String) -> User? {
        let hash = AccessSecret.digest(secret)
        let now = Self.now
        guard let session = file.current.records.first(where: { AccessSecret.isEqual($0.hash, hash) }), now < session.expires,
            let user = users.active(session.user), user.passwordChanged <= session.created
        else { return nil }
        return user
    }
}
