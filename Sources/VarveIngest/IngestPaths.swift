/// The names that the way in gives files below a data directory.
enum IngestPaths {
    /// Where dead-letter files are.
    static func rejected(_ data: String) -> String { data + "/rejected" }
}
