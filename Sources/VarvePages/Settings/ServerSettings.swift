public import VarveEvents

/// What the page of settings shows of a server. Secrets are never in it, but for a token that was just made.
public struct ServerSettings: Sendable {
    public struct Token: Sendable {
        public var id: String
        public var name: String
        public var scopes: [String]
        public var created: Timestamp
        /// Nil for never.
        public var expires: Timestamp?

        public init(id: String, name: String, scopes: [String], created: Timestamp, expires: Timestamp?) {
            self.id = id
            self.name = name
            self.scopes = scopes
            self.created = created
            self.expires = expires
        }
    }

    public struct Channel: Sendable {
        public var name: String
        /// `slack`, `webhook` and the like.
        public var kind: String
        /// Another channel, for when this one fails.
        public var fallback: String?

        public init(name: String, kind: String, fallback: String?) {
            self.name = name
            self.kind = kind
            self.fallback = fallback
        }
    }

    /// One setting, as the configuration calls it.
    public struct Setting: Sendable {
        public var key: String
        public var value: String

        public init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    /// The data directory; nil for who may not know.
    public var data: String?
    public var settings: [Setting] = []
    /// Nil for who may not know.
    public var tokens: [Token]?
    /// What a token may do, as it is called.
    public var scopes: [String] = []
    public var channels: [Channel] = []
    /// A token that this very request made, and its secret: it is shown this once.
    public var made: (name: String, secret: String)?
    /// What became of a message that this very request sent.
    public var tried: (channel: String, isDelivered: Bool, text: String)?

    public init() {}
}
