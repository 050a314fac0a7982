internal import VarveEvents

/// One log-in of a user, as it is kept: the cookie's secret only as its hash.
struct Session: Hashable, Sendable, AccessRecord {
    /// SHA-256 of the cookie's value, in hexadecimal digits.
    var hash: String
    var user: String
    var created: Timestamp
    var expires: Timestamp

    init(hash: String, user: String, created: Timestamp, expires: Timestamp) {
        self.hash = hash
        self.user = user
        self.created = created
        self.expires = expires
    }

    var fields: [String] { [hash, user, "\(created.nanoseconds)", "\(expires.nanoseconds)"] }

    init?(fields: [String]) {
        guard fields.count == 4, let created = Int64(fields[2]), let expires = Int64(fields[3]) else { return nil }
        self.init(
            hash: fields[0], user: fields[1], created: Timestamp(nanoseconds: created),
            expires: Timestamp(nanoseconds: expires))
    }

    /// What a form of this session shows, so that no page of another site can make one.
    static func formToken(of secret: String) -> String { AccessSecret.digest("varve form " + secret) }
}
