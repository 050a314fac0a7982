internal import VarveOutbound
internal import VarveSettings

// The server that a channel of mail hands its messages to.
extension ChannelSettings {
    mutating func readServer(
        _ map: SettingsMapping, _ file: (String) throws -> String, _ variable: (String) -> String?
    ) throws(SettingsError) {
        let only = ["user", "password", "password_file", "tls", "ca_file"]
        guard let address = url else {
            for name in only {
                if let node = map[name] {
                    throw node.error(.badValue, "\(name) is of a server, which url names: smtp://HOST:PORT")
                }
            }
            return
        }
        let place = map["url"] ?? map["url_file"] ?? map.node
        guard var server = address.with({ SMTPServer(url: $0) }) else {
            throw place.error(
                .badValue, "a mail server is smtp://HOST:PORT or smtps://HOST:PORT, without a name or a password in it")
        }
        if let node = map["tls"] {
            let security = try node.choice(SMTPServer.Security.self)
            guard server.security != .tls || security == .tls else {
                throw node.error(.badValue, "smtps:// is TLS from the first byte; \(security.rawValue) goes with smtp://")
            }
            server.security = security
        }
        server.user = try map["user"]?.string()
        server.password = try Self.secret("password", map, file, variable)
        if let node = map["user"] ?? map["password"] ?? map["password_file"] {
            guard server.user != nil, server.password != nil else {
                throw node.error(.badValue, "user and password (or password_file) go together")
            }
            guard server.security != .none else { throw node.error(.badValue, "a password is not sent in the open; tls is none") }
        }
        server.authorities = try map["ca_file"]?.string()
        smtp = server
    }
}
