import ArgumentParser
import Foundation
import VarveEvents
import VarveServer
import VarveWire

struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Add, list, change and remove the users of a server.",
        discussion: """
            A user logs in at /login with a name and a password. Roles: viewer reads, editor
            appends events and acts on alerts too, admin may do everything. A running server
            applies changes within a second; a new password, and disabling a user, end that
            user's sessions. What is done here is recorded in the data directory's system log
            (varve cat --data DIR/system).
            """,
        subcommands: [
            UserAdd.self, UserList.self, UserPassword.self, UserDisable.self, UserEnable.self, UserRemove.self,
        ])
}

/// Where a password comes from; without a file one is made and printed once.
struct PasswordOption: ParsableArguments {
    @Option(
        name: .customLong("password-file"),
        help: ArgumentHelp(
            "A file whose first line is the password; - is standard input. By default a password is made and printed.",
            valueName: "file")) var file: String?

    func read() throws -> (password: String, isMade: Bool) {
        guard let file else {
            let digits = Array("abcdefghijkmnpqrstuvwxyz23456789")
            var generator = SystemRandomNumberGenerator()
            let groups = (0..<4).map { _ in String((0..<5).map { _ in digits[Int(generator.next() & 31)] }) }
            return (groups.joined(separator: "-"), true)
        }
        if file == "-" { return (readLine(strippingNewline: true) ?? "", false) }
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw CommandFailure(.inputOutput, "the password's file cannot be read", place: file)
        }
        return (String(text.prefix { $0 != "\n" && $0 != "\r\n" }), false)
    }

    static func tell(_ password: String, of name: String) throws {
        try Output.standard.line(password)
        Output.error("the password of \(name) stands above; it is not stored and cannot be shown again\n")
    }
}

struct UserAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a user.",
        discussion: """
              varve user add ada --role admin --password-file pw --data data
              varve user add joe --role viewer --tenant shop --data data
            """)

    @Argument(help: "The user's name.") var name: String
    @Option(help: "viewer, editor or admin.") var role: String
    @OptionGroup var tenants: TenantOption
    @OptionGroup var password: PasswordOption
    @OptionGroup var data: DataOption

    func run() async throws {
        guard let role = UserRole(rawValue: role) else {
            throw ValidationError("There is no role '\(role)'. There are: viewer, editor, admin.")
        }
        let choice = try tenants.choice()
        let (password, isMade) = try password.read()
        try await AuditedCommand.run(.userAdded, at: data.path, tenant: tenants.given, detail: role.rawValue) {
            () throws(ServerError) in
            try tenants.make(at: data.path)
            try UserStore(at: data.path).add(name, role: role, tenants: choice, password: password)
            return ((), name)
        }
        if isMade { try PasswordOption.tell(password, of: name) } else { try Output.standard.line("added: \(name)") }
    }
}

struct UserList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the users.", discussion: "  varve user ls --data data")

    @OptionGroup var data: DataOption
    @Flag(help: "Print a JSON array of objects.") var json = false

    func run() throws {
        let users: [User]
        do throws(ServerError) { users = try UserStore(at: data.path).users() } catch {
            throw CommandFailure(error, data: data.path)
        }
        if json {
            return try Output.standard.array(
                users.map { user in
                    var line = JSONLine()
                    line.field("name", user.name)
                    line.field("role", user.role.rawValue)
                    line.field("tenant", user.tenants == .home ? nil : user.tenants.description)
                    line.field("created", RFC3339.text(user.created))
                    line.field("disabled", user.isDisabled)
                    return line.text
                })
        }
        guard !users.isEmpty else { return try Output.standard.line("no users: add one with varve user add") }
        var table = Table(["user", "role", "tenant", "created", "state"], numbers: [])
        for user in users {
            table.add([
                user.name, user.role.rawValue, user.tenants == .home ? "-" : user.tenants.description,
                RFC3339.text(user.created), user.isDisabled ? "disabled" : "active",
            ])
        }
        try Output.standard.write(table.text())
    }
}

struct UserPassword: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passwd", abstract: "Change a user's password; the user's sessions end.",
        discussion: "  varve user passwd ada --password-file pw --data data")

    @Argument(help: "The user's name.") var name: String
    @OptionGroup var password: PasswordOption
    @OptionGroup var data: DataOption

    func run() async throws {
        let (password, isMade) = try password.read()
        try await AuditedCommand.run(.password, at: data.path) { () throws(ServerError) in
            try UserStore(at: data.path).setPassword(of: name, to: password)
            return ((), name)
        }
        if isMade { try PasswordOption.tell(password, of: name) } else { try Output.standard.line("changed: \(name)") }
    }
}

struct UserDisable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Disable a user; the user's sessions end.",
        discussion: "  varve user disable ada --data data")

    @Argument(help: "The user's name.") var name: String
    @OptionGroup var data: DataOption

    func run() async throws {
        try await AuditedCommand.run(.userChanged, at: data.path, detail: "disabled") { () throws(ServerError) in
            try UserStore(at: data.path).setDisabled(name, true)
            return ((), name)
        }
        try Output.standard.line("disabled: \(name)")
    }
}

struct UserEnable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Enable a disabled user.", discussion: "  varve user enable ada --data data")

    @Argument(help: "The user's name.") var name: String
    @OptionGroup var data: DataOption

    func run() async throws {
        try await AuditedCommand.run(.userChanged, at: data.path, detail: "enabled") { () throws(ServerError) in
            try UserStore(at: data.path).setDisabled(name, false)
            return ((), name)
        }
        try Output.standard.line("enabled: \(name)")
    }
}

struct UserRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a user; the user's sessions end.",
        discussion: "  varve user remove ada --data data")

    @Argument(help: "The user's name.") var name: String
    @OptionGroup var data: DataOption

    func run() async throws {
        try await AuditedCommand.run(.userRemoved, at: data.path) { () throws(ServerError) in
            try UserStore(at: data.path).remove(name)
            return ((), name)
        }
        try Output.standard.line("removed: \(name)")
    }
}
