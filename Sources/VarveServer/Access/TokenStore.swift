internal import VarveDisk
public import VarveEvents

/// The tokens of a data directory: `access/tokens`, one line each, readable by its owner alone. Only hashes of secrets are kept.
/// Commands write it while a server runs; the server sees that within a second.
public final class TokenStore: Sendable {
    private let file: AccessFile<AccessToken>

    /// - Parameter data: The data directory; made when a token is.
    public init(at data: String) {
        let paths = ServerPaths(data)
        file = AccessFile(paths, paths.tokens, "tokens")
    }

    /// All tokens, expired ones too.
    ///
    /// - Throws: `.configuration` when the file cannot be read, or is none.
    public func tokens() throws(ServerError) -> [AccessToken] { try file.read() }

    /// Makes a token. The secret is told here and nowhere else.
    public func create(
        name: String, scopes: [AccessScope], expires: Timestamp? = nil, tenants: TenantChoice = .home
    ) throws(ServerError) -> (token: AccessToken, secret: String) {
        let id = "vt_" + AccessSecret.random(bytes: 6)
        let secret = id + "." + AccessSecret.random(bytes: 32)
        let token = AccessToken(
            id: id, name: name, scopes: scopes, created: Timestamp(nanoseconds: wallClockNanoseconds()), expires: expires,
            tenants: tenants, hash: AccessSecret.digest(secret))
        try file.change { $0.append(token) }
        return (token, secret)
    }

    /// Forgets a token, by its id. False when there is none.
    public func revoke(_ id: String) throws(ServerError) -> Bool {
        try file.change { tokens in
            let count = tokens.count
            tokens.removeAll { $0.id == id }
            return tokens.count < count
        }
    }

    // MARK: For the server

    /// - Throws: `.configuration` when the file cannot be read.
    func check() throws(ServerError) { _ = try tokens() }

    /// Whether there is any, so that everybody has to show one. A file that cannot be read counts as one.
    var hasAny: Bool {
        let known = file.current
        return known.fault != nil || !known.records.isEmpty
    }

    /// The token of a secret; nil when there is none that counts now.
    func token(of secret: String) -> AccessToken? {
        let hash = AccessSecret.digest(secret)
        let now = Timestamp(nanoseconds: wallClockNanoseconds())
        var found: AccessToken?
        // Every hash is compared, and all of each, so that time tells nothing.
        for token in file.current.records where AccessSecret.isEqual(token.hash, hash) { found = token }
        return found.flatMap { $0.isValid(at: now) ? $0 : nil }
    }

    /// Whether a token still counts.
    func isValid(_ id: String) -> Bool {
        let now = Timestamp(nanoseconds: wallClockNanoseconds())
        return file.current.records.contains { $0.id == id && $0.isValid(at: now) }
    }

    /// Whether two secrets are the same, in a time that tells nothing.
    static func isSame(_ left: String, _ right: String) -> Bool {
        AccessSecret.isEqual(AccessSecret.digest(left), AccessSecret.digest(right))
    }
}
