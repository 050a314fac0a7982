public import VarveDisk

extension LogReader {
    /// Wakes a thread when the watermark may have moved, whichever process writes the log.
    ///
    /// - Parameter polls: poll as well, even where the system has file notifications.
    public func watch(polls: Bool = false) -> DirectoryWatch {
        DirectoryWatch(paths.log, names: [StorePaths.name(of: paths.durable)], polls: polls)
    }
}
