/// The name of the socket by which commands work while a server holds the directory.
public enum ControlSocket {
    /// A socket's path has 107 bytes at most.
    private static let bytesMax = 107

    public static func path(_ data: String) -> String { ServerPaths(data).control }
    /// Where the mappings are that a server can be told by name.
    public static func mappings(_ data: String) -> String { ServerPaths(data).mappings }
    static func fits(_ path: String) -> Bool { path.utf8.count <= bytesMax }
}
