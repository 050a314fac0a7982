/// Names below a data directory that alerts use.
enum AlertPaths {
    /// The folder of rules.
    static func rules(_ data: String) -> String { "\(data)/rules" }

    /// The data directory of Varve's own events.
    static func system(_ data: String) -> String { "\(data)/system" }
}
