public import VarveDisk

extension LogReader {
    /// What wakes a thread when the watermark may have moved, by whichever process writes the log.
    ///
    /// - Parameter polls: look from time to time, also where the system can tell.
    public func watch(polls: Bool = false) -> DirectoryWatch {
        DirectoryWatch(paths.log, names: [StorePaths.name(of: paths.durable)], polls: polls)
    }
}
