/// The paths that this module uses in a data directory.
enum IngestPaths {
    /// The directory of dead-letter files.
    static func rejected(_ data: String) -> String { data + "/rejected" }
    /// The directory of key files.
    static func keys(_ data: String) -> String { data + "/keys" }
}
