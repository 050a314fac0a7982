/// The names that the way in gives files below a data directory.
enum IngestPaths {
    /// Where dead-letter files are.
    static func rejected(_ data: String) -> String { data + "/rejected" }
    /// What is known of requests by their keys.
    static func keys(_ data: String) -> String { data + "/keys" }
}
