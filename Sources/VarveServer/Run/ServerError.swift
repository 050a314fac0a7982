public import VarveWorkspace

/// Why a server ended.
public struct ServerError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable, CaseIterable {
        /// Another program listens at the address.
        case portTaken = "port_taken"
        /// The address is none of this machine, or may not be used.
        case badAddress = "bad_address"
        /// What was asked for would let everybody in.
        case insecure
        /// Settings, tokens or certificates that cannot be used.
        case configuration
        /// The data directory; `workspace` says what.
        case workspace
        /// What was asked for cannot be: a name that is taken or unknown, a password that is too short.
        case refused
        /// A fault of this program.
        case `internal`
    }

    public var code: Code
    /// A sentence: what happened.
    public var message: String
    public var workspace: WorkspaceError?

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    init(_ error: WorkspaceError) {
        self.init(.workspace, error.message)
        workspace = error
    }

    public var description: String { "\(code.rawValue): \(message)" }
}
