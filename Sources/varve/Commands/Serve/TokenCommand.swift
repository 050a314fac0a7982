import ArgumentParser
import VarveDisk
import VarveEvents
import VarveServer
import VarveWire

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Create, list and revoke the access tokens of a server.",
        discussion: """
            Without tokens, everyone who reaches the server has full access, and it listens
            on this machine only. Once there is a token, every request needs one. A running
            server applies changes within a second.
            """,
        subcommands: [TokenCreate.self, TokenList.self, TokenRevoke.self])
}

struct TokenCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a token; its secret is printed once and not stored.",
        discussion: """
              varve token create --name ci --scope write --data data
              curl -H 'Authorization: Bearer SECRET' …
            """)

    @OptionGroup var data: DataOption
    @Option(help: "The token's name.") var name: String
    @Option(help: "The token's scopes, comma-separated: read, write, alerts, admin.") var scope: String
    @Option(
        help: ArgumentHelp("The expiry time (RFC 3339, or a day).", valueName: "time"),
        transform: { try TimeArgument.parsed($0) })
    var expires: TimeArgument?
    @OptionGroup var tenants: TenantOption
    @Flag(help: "Print one JSON object.") var json = false

    func run() async throws {
        var scopes: [AccessScope] = []
        for word in scope.split(separator: ",") {
            guard let scope = AccessScope(rawValue: String(word)) else {
                throw ValidationError("There is no scope '\(word)'. There are: read, write, alerts, admin.")
            }
            scopes.append(scope)
        }
        guard !scopes.isEmpty else { throw ValidationError("--scope is empty.") }
        let choice = try tenants.choice()
        let words = scopes.map(\.rawValue).joined(separator: ",")
        let made = try await AuditedCommand.run(.tokenCreated, at: data.path, tenant: tenants.given, detail: words) {
            () throws(ServerError) in
            try tenants.make(at: data.path)
            let made = try TokenStore(at: data.path).create(
                name: name, scopes: scopes, expires: expires?.timestamp, tenants: choice)
            return (made, made.token.id)
        }
        guard json else {
            try Output.standard.line(made.secret)
            return Output.error("token \(made.token.id): the secret above is not stored and cannot be shown again\n")
        }
        var line = JSONLine()
        line.field("id", made.token.id)
        line.field("secret", made.secret)
        line.field("name", name)
        line.field("scope", words)
        line.field("tenant", tenants.given)
        line.field("expires", expires.map { RFC3339.text($0.timestamp) })
        try Output.standard.line(line.text)
    }
}

struct TokenList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the tokens.", discussion: "  varve token ls --data data")

    @OptionGroup var data: DataOption
    @Flag(help: "Print a JSON array of objects.") var json = false

    func run() throws {
        let tokens: [AccessToken]
        do throws(ServerError) {
            tokens = try TokenStore(at: data.path).tokens()
        } catch {
            throw CommandFailure(error, data: data.path)
        }
        let now = Timestamp(nanoseconds: wallClockNanoseconds())
        if json {
            let objects = tokens.map { token in
                var line = JSONLine()
                line.field("id", token.id)
                line.field("name", token.name)
                line.field("scope", token.scopes.map(\.rawValue).joined(separator: ","))
                line.field("tenant", token.tenants == .home ? nil : token.tenants.description)
                line.field("created", RFC3339.text(token.created))
                line.field("expires", token.expires.map { RFC3339.text($0) })
                line.field("valid", token.isValid(at: now))
                return line.text
            }
            return try Output.standard.array(objects)
        }
        guard !tokens.isEmpty else { return try Output.standard.line("no tokens: create one with varve token create") }
        var table = Table(["token", "name", "scope", "created", "expires"], numbers: [])
        for token in tokens {
            table.add([
                token.id, token.name, token.scopes.map(\.rawValue).joined(separator: ","), RFC3339.text(token.created),
                token.isValid(at: now) ? token.expires.map { RFC3339.text($0) } ?? "never" : "expired",
            ])
        }
        try Output.standard.write(table.text())
    }
}

struct TokenRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revoke a token.", discussion: "  varve token revoke vt_a7c2e --data data")

    @Argument(help: "The token's id.") var id: String
    @OptionGroup var data: DataOption

    func run() async throws {
        let isFound = try await AuditedCommand.run(.tokenRevoked, at: data.path) { () throws(ServerError) in
            let isFound = try TokenStore(at: data.path).revoke(id)
            return (isFound, isFound ? id : nil)
        }
        guard isFound else {
            throw CommandFailure(.failure, "there is no token '\(id)'", place: data.path, next: "varve token ls lists them")
        }
        try Output.standard.line("revoked: \(id)")
    }
}
